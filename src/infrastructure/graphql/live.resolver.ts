import { Inject } from '@nestjs/common';
import { Args, Context, ID, Resolver, Subscription } from '@nestjs/graphql';
import { LiveEntries } from '../../application/live/live-entries.ts';
import { Telemetry } from '../../application/ports/telemetry.port.ts';
import type { Caller } from './caller.ts';
import { counted } from './counted.ts';
import { EntryChanges } from './entry-changes.ts';
import { GraphqlGuards } from './graphql-guards.ts';
import { EntryModel } from './models/entry.model.ts';

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
