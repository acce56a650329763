import { Command } from '@nestjs/cqrs';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Gives up the place of the token's entry. Does not affect a later entry. Appends nothing once the view shows that the entry has ended. @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
export class LeaveQueue extends Command<Receipt> {
  constructor(readonly token: EntryClaims) {
    super();
  }
}
