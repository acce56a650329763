/** Simulated users that request entry, and the requests that were acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Api, EntryAccepted } from './api.ts';
import type { LoggedEvent } from './fold.ts';

/** An accepted request with its times in monotonic milliseconds. */
export interface Acknowledged {
  readonly concertId: string;
  readonly userId: string;
  readonly entryToken: string;
  readonly receipt: EntryAccepted['receipt'];
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Acknowledged requests that the log does not have at their receipts. */
export function notInLog(
  acknowledged: readonly Acknowledged[],
  events: readonly LoggedEvent[],
): readonly Acknowledged[] {
  if (acknowledged.length === 0) throw new Error('no request was acknowledged');
  const at = new Map(events.map(({ event, record }) => [`${record.partition}/${record.offset}`, event]));
  return acknowledged.filter(({ concertId, userId, receipt }) => {
    const event = at.get(`${receipt.partition}/${receipt.offset}`);
    return event?.type !== 'QueueEntryRequested' || event.userId !== userId || event.concertId !== concertId;
  });
}

/** Runs `work` for every item, at most `atOnce` at a time. */
export async function inParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/**
 * Continuous entry requests of new users until `stop`. Each user repeats the request after a 503 or a broken connection. All
 * users stop when their client is closed, so that a failed test ends.
 */
export class EntryLoad {
  /** Every n-th acknowledged request (`keepsOneOf`); by default all. */
  readonly acknowledged: Acknowledged[] = [];
  /** Number of repeated requests by reason: `503 LOG_UNAVAILABLE`, or the error of the connection. */
  readonly repeats = new Map<string, number>();
  /** Unexpected responses. */
  readonly wrong: string[] = [];
  /** Replaced when the server is. */
  api: Api;
  #isRunning = true;
  #next = 0;
  #accepted = 0;
  readonly #keepsOneOf: number;
  readonly #concerts: readonly string[];
  readonly #name: string;
  #workers: Promise<unknown> = Promise.resolve();

  /** @param keepsOneOf stores one of so many acknowledged requests; large loads only count the others */
  constructor(api: Api, concerts: readonly string[], name: string, keepsOneOf = 1) {
    this.api = api;
    this.#keepsOneOf = keepsOneOf;
    this.#concerts = concerts;
    this.#name = name;
  }

  /** Number of acknowledged requests. */
  get accepted(): number {
    return this.#accepted;
  }

  /** @param pauseMs between two requests of each worker */
  start(atOnce: number, pauseMs = 0): this {
    const worker = async (): Promise<void> => {
      while (this.#isRunning && !this.api.closed) {
        const number = this.#next++;
        await this.enter(this.#concerts[number % this.#concerts.length] ?? '', `${this.#name}-${number}`);
        if (pauseMs > 0) await pause(pauseMs);
      }
    };
    this.#workers = Promise.all(Array.from({ length: atOnce }, worker));
    return this;
  }

  /** Sends requests at this rate per second without waiting for earlier responses. */
  startAt(perSecond: number): this {
    const entering = new Set<Promise<void>>();
    const send = async (): Promise<void> => {
      const from = performance.now();
      for (let sent = 0; this.#isRunning && !this.api.closed; await pause(10)) {
        for (const due = ((performance.now() - from) / 1_000) * perSecond; sent < due; sent++) {
          const number = this.#next++;
          const one = this.enter(this.#concerts[number % this.#concerts.length] ?? '', `${this.#name}-${number}`);
          entering.add(one);
          void one.finally(() => entering.delete(one));
        }
      }
      await Promise.all(entering);
    };
    this.#workers = send();
    return this;
  }

  /** Starts no further users; resolves when all requests are acknowledged. */
  async stop(): Promise<readonly Acknowledged[]> {
    this.#isRunning = false;
    await this.#workers;
    return this.acknowledged;
  }

  async enter(concertId: string, userId: string): Promise<void> {
    for (let wait = 20; !this.api.closed; wait = Math.min(wait * 2, 500)) {
      const sentAt = performance.now();
      try {
        const answer = await this.api.requestEntry(concertId, userId);
        if (answer.ok) {
          const { entryToken, receipt } = answer.body;
          if (this.#accepted++ % this.#keepsOneOf === 0)
            this.acknowledged.push({ concertId, userId, entryToken, receipt, sentAt, answeredAt: performance.now() });
          return;
        }
        const outcome = `${answer.status} ${answer.body?.code}`;
        if (answer.status !== 503) {
          this.wrong.push(outcome);
          return;
        }
        this.#repeat(outcome);
      } catch (error) {
        this.#repeat(error instanceof Error && 'code' in error ? String(error.code) : String(error));
      }
      await pause(wait);
    }
  }

  #repeat(reason: string): void {
    this.repeats.set(reason, (this.repeats.get(reason) ?? 0) + 1);
  }
}
