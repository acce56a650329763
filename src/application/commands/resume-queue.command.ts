import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './append-and-await.ts';

/** Clears pause and close. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class ResumeQueue extends Command<QueueChangeResult> {
  constructor(readonly concertId: ConcertId) {
    super();
  }
}
