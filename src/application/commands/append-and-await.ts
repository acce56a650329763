import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogTime } from '../../domain/types.ts';
import { receiptOf } from '../event-log/receipt.ts';
import type { EventLog, Receipt } from '../ports/event-log.port.ts';
import type { CachedQueue, QueueCache } from '../queries/queue-cache.ts';
import { documentOf, type QueueDocument } from '../queries/queue-document.ts';

/** How long a command waits for its own event to be projected. */
const PROJECTION_TIMEOUT_MS = 2000;

/** The queue after the event of the command; the receipt of the event if it is not projected within 2 s. */
export type QueueChangeResult = { readonly queue: QueueDocument } | { readonly receipt: Receipt };

export interface AppendedEvent {
  readonly receipt: Receipt & { readonly timestamp: LogTime };
  /** The queue at or past the event; undefined when the projection takes longer than 2 s. */
  readonly projected: CachedQueue | undefined;
}

/** Appends an event and waits until the projection has applied it. */
export class AppendAndAwait {
  constructor(
    private readonly log: EventLog,
    private readonly queues: QueueCache,
  ) {}

  /** @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
  async append(event: QueueEvent): Promise<AppendedEvent> {
    const receipt = await this.log.append(event);
    const projected = await this.queues.projected(event.concertId, receipt.offset, PROJECTION_TIMEOUT_MS);
    return { receipt, projected };
  }

  /** @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
  async change(event: QueueEvent): Promise<QueueChangeResult> {
    const { receipt, projected } = await this.append(event);
    if (!projected) return { receipt: receiptOf(receipt) };
    return { queue: documentOf(event.concertId, projected.head.offset, projected.attributes) };
  }

  /** @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
  async changeExisting(event: QueueEvent): Promise<QueueChangeResult> {
    await this.queues.requireExists(event.concertId);
    return this.change(event);
  }
}
