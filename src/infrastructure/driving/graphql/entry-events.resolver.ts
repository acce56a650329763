import { Inject } from '@nestjs/common';
import { Args, Context, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { LiveEntries } from '../../../application/subscriptions/entry-subscriptions.ts';
import { EntryChanges } from './entry-changes.ts';
import type { Caller } from './graphql-context.ts';
import { GraphqlGuards } from './graphql-limits.ts';
import { EntryModel } from './models/entry.model.ts';
import { counted } from './operation-metrics.ts';

@Resolver()
export class LiveResolver {
  constructor(
    private readonly entries: LiveEntries,
    private readonly guards: GraphqlGuards,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Subscription(() => EntryModel, {
    description:
      'The entry as it is now, and on each change of its state or position; completes after the last word on it.',
  })
  myEntryChanged(
    @Args('concertId', { type: () => ID }) concertId: string,
    @Context() { authorization }: Caller,
  ): Promise<EntryChanges> {
    return counted(this.telemetry, 'myEntryChanged', async () => {
      const token = await this.guards.holder(authorization, concertId);
      const changes = new EntryChanges();
      changes.unfollow = this.entries.follow(token, undefined, changes);
      return changes;
    });
  }
}
