import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './append-and-await.ts';

/** Stops calling entries until the queue is resumed. Requests for entry are still accepted. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class PauseQueue extends Command<QueueChangeResult> {
  constructor(readonly concertId: ConcertId) {
    super();
  }
}
