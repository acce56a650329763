import type { ServerResponse } from 'node:http';
import type { EntryDocument } from '../../../application/queries/get-my-entry.query.ts';
import type { QueueStatusDocument } from '../../../application/queries/queue-document.ts';
import type { EntrySubscriber, SubscriptionEnd } from '../../../application/subscriptions/entry-subscription.ts';
import { entryToJson } from './schemas/entry.schema.ts';
import { queueStatusToJson } from './schemas/queue.schema.ts';

/** A comment this often shows the client and proxies that the connection is alive. */
const HEARTBEAT_MS = 15_000;
/** A client that has not read for this long is disconnected. */
const SLOW_CLIENT_TIMEOUT_MS = 30_000;
/** After the end, a client has this long to read the rest. */
const CLOSE_TIMEOUT_MS = 2_000;
const MIN_RETRY_MS = 1_000;
const MAX_RETRY_MS = 5_000;

/** The event id after a terminal state; clients return it as `Last-Event-ID`. */
export const END_EVENT_ID = 'end';

/** All streams of a concert get the same object: it is serialized once. */
const queueEvents = new WeakMap<QueueStatusDocument, string>();

/**
 * Sends the events of one entry and its queue on one connection (WHATWG HTML, section 9.2).
 * While the client does not read, only the newest event of each kind is kept.
 */
export class SseConnection implements EntrySubscriber {
  #pendingEntry: EntryDocument | undefined;
  #pendingQueue: QueueStatusDocument | undefined;
  /** Monotonic milliseconds since when the client has not read; 0: it reads. */
  #blockedSince = 0;
  #writtenAt = performance.now();

  constructor(private readonly out: ServerResponse) {}

  /** Sends the response head. @param headers those that hooks have set */
  open(headers: Readonly<Record<string, number | string | string[] | undefined>>): void {
    this.out.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // keeps nginx from buffering events
    });
    this.out.on('drain', () => this.#onDrain());
    this.#write(`retry: ${retryMs()}\n\n`);
  }

  send(entry: EntryDocument): void {
    if (this.#blockedSince > 0) this.#pendingEntry = entry;
    else this.#write(eventOf(entry));
  }

  sendQueue(queue: QueueStatusDocument): void {
    if (this.#blockedSince > 0) this.#pendingQueue = queue;
    else this.#write(queueEventOf(queue));
  }

  end(reason: SubscriptionEnd): void {
    this.out.end(this.#takePending() + (reason === 'over' ? `id: ${END_EVENT_ID}\n\n` : `retry: ${retryMs()}\n\n`));
    if (this.out.writableFinished) return;
    const timer = setTimeout(() => this.out.destroy(), CLOSE_TIMEOUT_MS);
    this.out.once('close', () => clearTimeout(timer));
  }

  /** Call about every second. @param now monotonic milliseconds */
  heartbeat(now: number): void {
    if (this.#blockedSince > 0) {
      if (now - this.#blockedSince >= SLOW_CLIENT_TIMEOUT_MS) this.out.destroy();
    } else if (now - this.#writtenAt >= HEARTBEAT_MS) this.#write(': heartbeat\n\n');
  }

  #write(text: string): void {
    this.#writtenAt = performance.now();
    if (!this.out.write(text)) this.#blockedSince = this.#writtenAt;
  }

  #onDrain(): void {
    this.#blockedSince = 0;
    const pending = this.#takePending();
    if (pending !== '') this.#write(pending);
  }

  #takePending(): string {
    const [queue, entry] = [this.#pendingQueue, this.#pendingEntry];
    this.#pendingQueue = this.#pendingEntry = undefined;
    return (queue ? queueEventOf(queue) : '') + (entry ? eventOf(entry) : '');
  }
}

function eventOf(entry: EntryDocument): string {
  return `event: entry\nid: ${entry.projectedOffset}\ndata: ${JSON.stringify(entryToJson(entry))}\n\n`;
}

/** Without an id: the client resumes after the last entry. */
function queueEventOf(queue: QueueStatusDocument): string {
  const known = queueEvents.get(queue);
  if (known !== undefined) return known;
  const event = `event: queue\ndata: ${JSON.stringify(queueStatusToJson(queue))}\n\n`;
  queueEvents.set(queue, event);
  return event;
}

/** Random, so that the clients of a lost process do not all reconnect at once. */
function retryMs(): number {
  return Math.round(MIN_RETRY_MS + Math.random() * (MAX_RETRY_MS - MIN_RETRY_MS));
}
