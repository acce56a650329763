import type { ServerResponse } from 'node:http';
import type { EntryDocument } from '../../../application/queries/get-my-entry.query.ts';
import type { EntrySubscriber, SubscriptionEnd } from '../../../application/subscriptions/entry-subscription.ts';
import { entryToJson } from './schemas/entry.schema.ts';

/** A comment this often shows a client, and what stands between, that the connection lives. */
const HEARTBEAT_MS = 15_000;
/** A client that has not read for so long is dropped. */
const SLOW_FOR_MS = 30_000;
/** What is still unread so long after the end goes unread. */
const LAST_READ_MS = 2_000;
const SOONEST_RETRY_MS = 1_000;
const LATEST_RETRY_MS = 5_000;

/** Given back as `Last-Event-ID` after the last word on an entry. */
export const END = 'end';

/**
 * One entry's events on one connection (WHATWG HTML, section 9.2). What a client does not read in time is not kept for it: at
 * most one event waits besides what the connection has taken, and that is always the newest.
 */
export class SseConnection implements EntrySubscriber {
  #waiting: EntryDocument | undefined;
  /** Monotonic milliseconds since when the client does not read; 0: it does. */
  #blockedSince = 0;
  #writtenAt = performance.now();

  constructor(private readonly out: ServerResponse) {}

  /** Sends the head of the answer. @param headers what others put there */
  open(headers: Readonly<Record<string, number | string | string[] | undefined>>): void {
    this.out.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would hold back what it could gather
    });
    this.out.on('drain', () => this.#drained());
    this.#write(`retry: ${retryMs()}\n\n`);
  }

  tell(entry: EntryDocument): void {
    if (this.#blockedSince > 0) this.#waiting = entry;
    else this.#write(eventOf(entry));
  }

  end(reason: SubscriptionEnd): void {
    const last = this.#waiting ? eventOf(this.#waiting) : '';
    this.#waiting = undefined;
    this.out.end(last + (reason === 'over' ? `id: ${END}\n\n` : `retry: ${retryMs()}\n\n`));
    if (this.out.writableFinished) return;
    const timer = setTimeout(() => this.out.destroy(), LAST_READ_MS);
    this.out.once('close', () => clearTimeout(timer));
  }

  /** To be called every second or so. @param now monotonic milliseconds */
  beat(now: number): void {
    if (this.#blockedSince > 0) {
      if (now - this.#blockedSince >= SLOW_FOR_MS) this.out.destroy();
    } else if (now - this.#writtenAt >= HEARTBEAT_MS) this.#write(': heartbeat\n\n');
  }

  #write(text: string): void {
    this.#writtenAt = performance.now();
    if (!this.out.write(text)) this.#blockedSince = this.#writtenAt;
  }

  #drained(): void {
    this.#blockedSince = 0;
    const entry = this.#waiting;
    this.#waiting = undefined;
    if (entry) this.#write(eventOf(entry));
  }
}

function eventOf(entry: EntryDocument): string {
  return `event: entry\nid: ${entry.projectedOffset}\ndata: ${JSON.stringify(entryToJson(entry))}\n\n`;
}

/** Spread, so that those who lost one process do not come to the next all at once. */
function retryMs(): number {
  return Math.round(SOONEST_RETRY_MS + Math.random() * (LATEST_RETRY_MS - SOONEST_RETRY_MS));
}
