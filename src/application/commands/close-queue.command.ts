import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './append-and-await.ts';

/** Rejects new requests for entry and stops calling entries. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class CloseQueue extends Command<QueueChangeResult> {
  constructor(readonly concertId: ConcertId) {
    super();
  }
}
