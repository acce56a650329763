import { Command } from '@nestjs/cqrs';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Gives up the place that the token was given for. Without effect on a later life. @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
export class LeaveQueue extends Command<Receipt> {
  constructor(readonly token: EntryClaims) {
    super();
  }
}
