import { Command } from '@nestjs/cqrs';
import type { ConcertId, UserId } from '../../domain/types.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Lifts a disqualification. Does not restore the entry. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class ReinstateUser extends Command<Receipt> {
  constructor(
    readonly concertId: ConcertId,
    readonly userId: UserId,
  ) {
    super();
  }
}
