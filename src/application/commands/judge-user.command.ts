import { Command } from '@nestjs/cqrs';
import type { ConcertId, UserId } from '../../domain/types.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Ends a user's entry and refuses further ones, or lifts that again (which restores no entry). @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class JudgeUser extends Command<Receipt> {
  constructor(
    readonly concertId: ConcertId,
    readonly userId: UserId,
    readonly verdict: 'disqualify' | 'reinstate',
  ) {
    super();
  }
}
