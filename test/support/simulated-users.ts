/** Users who want in: many at once, remembering what they were told. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Api, EntryAccepted } from './api.ts';
import type { LoggedEvent } from './fold.ts';

/** A 202, and when the request went out and the answer came (monotonic milliseconds). */
export interface Acknowledged {
  readonly concertId: string;
  readonly userId: string;
  readonly entryToken: string;
  readonly receipt: EntryAccepted['receipt'];
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Those whose 202 is not in the log, at its receipt, with their user. */
export function notInLog(
  acknowledged: readonly Acknowledged[],
  events: readonly LoggedEvent[],
): readonly Acknowledged[] {
  if (acknowledged.length === 0) throw new Error('nobody came');
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
 * Users who keep coming until told to stop. Each asks again until there is a 202: a refusal for now (503) or a broken
 * connection sends nobody away. All go when the client that they ask through is closed, so that a test that failed ends.
 */
export class EntryLoad {
  /** Of each so many the first: all of them, unless told otherwise. */
  readonly acknowledged: Acknowledged[] = [];
  /** How often somebody had to ask again, by what was said: `503 LOG_UNAVAILABLE`, or a broken connection. */
  readonly repeats = new Map<string, number>();
  /** Answers that nobody should get. */
  readonly wrong: string[] = [];
  /** Asks for entry of one user; replaced when the server is. */
  api: Api;
  #coming = true;
  #next = 0;
  #accepted = 0;
  readonly #keepsOneOf: number;
  readonly #concerts: readonly string[];
  readonly #name: string;
  #workers: Promise<unknown> = Promise.resolve();

  /** @param keepsOneOf how many come for each that is remembered: a crowd of hundreds of thousands is better counted */
  constructor(api: Api, concerts: readonly string[], name: string, keepsOneOf = 1) {
    this.api = api;
    this.#keepsOneOf = keepsOneOf;
    this.#concerts = concerts;
    this.#name = name;
  }

  /** How many have a 202. */
  get accepted(): number {
    return this.#accepted;
  }

  /** @param pauseMs between two requests of one of those at once: paces the crowd */
  start(atOnce: number, pauseMs = 0): this {
    const worker = async (): Promise<void> => {
      while (this.#coming && !this.api.closed) {
        const number = this.#next++;
        await this.enter(this.#concerts[number % this.#concerts.length] ?? '', `${this.#name}-${number}`);
        if (pauseMs > 0) await pause(pauseMs);
      }
    };
    this.#workers = Promise.all(Array.from({ length: atOnce }, worker));
    return this;
  }

  /** Newcomers at this rate a second, whether or not those before them have been answered. */
  startAt(perSecond: number): this {
    const entering = new Set<Promise<void>>();
    const come = async (): Promise<void> => {
      const from = performance.now();
      for (let came = 0; this.#coming && !this.api.closed; await pause(10)) {
        for (const due = ((performance.now() - from) / 1_000) * perSecond; came < due; came++) {
          const number = this.#next++;
          const one = this.enter(this.#concerts[number % this.#concerts.length] ?? '', `${this.#name}-${number}`);
          entering.add(one);
          void one.finally(() => entering.delete(one));
        }
      }
      await Promise.all(entering);
    };
    this.#workers = come();
    return this;
  }

  /** Nobody new comes; resolves when everyone who came has a 202. */
  async stop(): Promise<readonly Acknowledged[]> {
    this.#coming = false;
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
        const said = `${answer.status} ${answer.body?.code}`;
        if (answer.status !== 503) {
          this.wrong.push(said);
          return;
        }
        this.#repeat(said);
      } catch (error) {
        this.#repeat(error instanceof Error && 'code' in error ? String(error.code) : String(error));
      }
      await pause(wait);
    }
  }

  #repeat(said: string): void {
    this.repeats.set(said, (this.repeats.get(said) ?? 0) + 1);
  }
}
