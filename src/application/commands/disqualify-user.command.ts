import { Command } from '@nestjs/cqrs';
import type { ConcertId, UserId } from '../../domain/types.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Ends a user's entry and rejects further requests of the user. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class DisqualifyUser extends Command<Receipt> {
  constructor(
    readonly concertId: ConcertId,
    readonly userId: UserId,
  ) {
    super();
  }
}
