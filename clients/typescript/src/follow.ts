import type { Entry } from './api.generated.ts';
import { Backoff, type BackoffOptions, pause } from './backoff.ts';
import { ConnectionError, isPassing } from './errors.ts';
import type { Transport } from './http.ts';
import { polled } from './poll-entry.ts';
import type { QueueCache } from './queue-cache.ts';
import { StreamRefused, streamed } from './stream-entry.ts';

/**
 * How an entry is followed at the moment: by the stream, by asking, or not at all (the place is safe all the same, and what
 * is shown is the last that was heard).
 */
export type Connection = 'stream' | 'polling' | 'lost';

/** What is known of an entry now. */
export interface Update {
  readonly entry: Entry;
  readonly connection: Connection;
}

export interface FollowOptions {
  /** `false`: ask only, e.g. where a proxy holds streams back. Default true. */
  readonly stream?: boolean;
  /** A stream without even a heartbeat for so long counts as broken. Default 45 s. */
  readonly silentMs?: number;
  /** After a stream that broke twice without a word: ask for about so long before the next try. Default 30 s. */
  readonly pollForMs?: number;
  readonly backoff?: BackoffOptions;
}

export interface Followed {
  readonly transport: Transport;
  readonly queues: QueueCache;
  readonly concertId: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly options: FollowOptions;
}

const ENDED: ReadonlySet<Entry['state']> = new Set(['COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED', 'REJECTED']);

/** Whether an entry is in a state that it does not leave. */
export function hasEnded({ state }: Entry): boolean {
  return ENDED.has(state);
}

/**
 * Tells of one entry until it has ended: by the stream where there is one, else by asking as seldom as the server allows.
 * Ends by itself with the last state. @throws QueueProblem that does not pass (a token that is not valid any more), or the
 * signal's reason
 */
export async function* follow(followed: Followed): AsyncGenerator<Update> {
  const { options, signal } = followed;
  const backoff = new Backoff(options.backoff);
  const seen = new Seen();
  let streams = options.stream !== false;
  let silent = 0; // streams in a row that broke without a word
  while (!seen.ended) {
    try {
      if (streams && silent < 2) {
        silent += 1;
        for await (const entry of streamed(followed, seen)) {
          silent = 0;
          backoff.reset();
          yield* seen.tell(entry, 'stream');
          if (seen.ended) return;
        }
        throw new ConnectionError('The stream ended.');
      }
      const until = streams ? performance.now() + (options.pollForMs ?? 30_000) * (0.5 + Math.random()) : Infinity;
      for await (const entry of polled(followed, until)) {
        backoff.reset();
        yield* seen.tell(entry, 'polling');
        if (seen.ended) return;
      }
      silent = 0;
    } catch (error) {
      if (error instanceof StreamRefused) streams = false;
      else if (!isPassing(error)) throw error;
      else {
        yield* seen.lost();
        await pause(backoff.next(error.retryAfterMs), signal);
      }
    }
  }
}

/** What was told last: nothing is told twice, and nothing old after something newer. */
class Seen {
  /** Of the last event of a stream: where the next one resumes. */
  lastEventId = '';
  #last: Update | undefined;

  get ended(): boolean {
    return this.#last !== undefined && hasEnded(this.#last.entry);
  }

  *tell(entry: Entry, connection: Connection): Generator<Update> {
    const last = this.#last;
    // Another server may be behind the one that was asked before.
    const isOld = last !== undefined && entry.projectedOffset < last.entry.projectedOffset;
    const update = { entry: isOld ? last.entry : entry, connection };
    if (last && last.connection === connection && sameWords(last.entry, update.entry)) return;
    this.#last = update;
    yield update;
  }

  *lost(): Generator<Update> {
    if (this.#last) yield* this.tell(this.#last.entry, 'lost');
  }
}

/** Apart from what changes with every answer. */
function sameWords(a: Entry, b: Entry): boolean {
  const words = (entry: Entry): string => JSON.stringify({ ...entry, pollAfterMs: 0, projectedOffset: 0 });
  return words(a) === words(b);
}
