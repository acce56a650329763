import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { GetQueue } from './get-queue.query.ts';
import { type CachedQueue, QueueCache } from './queue-cache.ts';
import { documentOf, type QueueDocument } from './queue-document.ts';

/** A document is read at most once in this time for all callers. */
const MAX_AGE_MS = 500;

@QueryHandler(GetQueue)
export class GetQueueHandler implements IQueryHandler<GetQueue> {
  /** The same object for as long as the read is the same: the APIs serialize it once. */
  readonly #documents = new WeakMap<CachedQueue, QueueDocument>();

  constructor(private readonly queues: QueueCache) {}

  async execute({ concertId }: GetQueue): Promise<QueueDocument> {
    const queue = await this.queues.get(concertId, MAX_AGE_MS);
    const before = this.#documents.get(queue);
    if (before) return before;
    const document = documentOf(concertId, queue.head.offset, queue.attributes);
    this.#documents.set(queue, document);
    return document;
  }
}
