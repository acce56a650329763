import { Query } from '@nestjs/cqrs';
import type { QueueDocument } from './queue-document.ts';

/** All queues in the order of their ids, a page at a time. @throws QueueError `INVALID_REQUEST` (cursor), `PROJECTION_UNAVAILABLE` */
export class ListQueues extends Query<QueuePage> {
  constructor(
    /** 1 to 500. */
    readonly limit: number,
    readonly cursor?: string,
  ) {
    super();
  }
}

export interface QueuePage {
  readonly queues: readonly QueueDocument[];
  readonly nextCursor?: string;
}
