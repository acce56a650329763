import { Query } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueDocument } from './queue-document.ts';

/** The public document of one queue, at most a second old. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE` */
export class GetQueue extends Query<QueueDocument> {
  constructor(readonly concertId: ConcertId) {
    super();
  }
}
