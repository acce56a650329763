import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { GetQueue } from './get-queue.query.ts';
import { QueueDirectory } from './queue-directory.ts';
import { documentOf, type QueueDocument } from './queue-document.ts';

/** A document is read once in this time, however many ask. */
const MAX_AGE_MS = 500;

@QueryHandler(GetQueue)
export class GetQueueHandler implements IQueryHandler<GetQueue> {
  constructor(private readonly queues: QueueDirectory) {}

  async execute({ concertId }: GetQueue): Promise<QueueDocument> {
    const { head, scalars } = await this.queues.get(concertId, MAX_AGE_MS);
    return documentOf(concertId, head.offset, scalars);
  }
}
