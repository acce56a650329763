import { Inject } from '@nestjs/common';
import { Args, Context, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import { EntryChanges } from './entry-changes.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { EntryModel } from './models/entry.model.ts';
import { withOperationMetrics } from './operation-metrics.ts';

@Resolver()
export class EntryEventsResolver {
  constructor(
    private readonly entries: EntrySubscriptions,
    private readonly limits: GraphqlLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Subscription(() => EntryModel, {
    description: 'The current entry, then each change of its state or position; completes after a terminal state.',
  })
  myEntryChanged(
    @Args('concertId', { type: () => ID }) concertId: string,
    @Context() context: GraphqlContext,
  ): Promise<EntryChanges> {
    return withOperationMetrics(this.telemetry, 'myEntryChanged', async () => {
      const token = await this.limits.verifyEntryToken(context, concertId);
      const changes = new EntryChanges();
      changes.unsubscribe = this.entries.subscribe(token, undefined, changes);
      return changes;
    });
  }
}
