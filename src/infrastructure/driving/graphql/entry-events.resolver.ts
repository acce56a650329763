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
    private readonly guards: GraphqlLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Subscription(() => EntryModel, {
    description:
      'The entry as it is now, and on each change of its state or position; completes after the last word on it.',
  })
  myEntryChanged(
    @Args('concertId', { type: () => ID }) concertId: string,
    @Context() context: GraphqlContext,
  ): Promise<EntryChanges> {
    return withOperationMetrics(this.telemetry, 'myEntryChanged', async () => {
      const token = await this.guards.holder(context, concertId);
      const changes = new EntryChanges();
      changes.unfollow = this.entries.follow(token, undefined, changes);
      return changes;
    });
  }
}
