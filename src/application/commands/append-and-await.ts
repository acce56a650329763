import type { QueueEvent } from '../../domain/events.generated.ts';
import { type EventLog, receiptOf } from '../ports/event-log.port.ts';
import type { QueueCache } from '../queries/queue-cache.ts';
import { documentOf } from '../queries/queue-document.ts';
import type { QueueChangeResult } from './configure-queue.command.ts';

/** How long the caller waits for the projection of its event before the answer is 202. */
const PATIENCE_MS = 2000;

/** Appends an event of a queue's own and answers with what it made of the queue. */
export class AppendAndAwait {
  constructor(
    private readonly log: EventLog,
    private readonly queues: QueueCache,
  ) {}

  /** @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
  async append(event: QueueEvent): Promise<QueueChangeResult> {
    const appended = await this.log.append(event);
    const projected = await this.queues.projected(event.concertId, appended.offset, PATIENCE_MS);
    if (!projected) return { receipt: receiptOf(appended) };
    return { queue: documentOf(event.concertId, projected.head.offset, projected.attributes) };
  }
}
