import type { Entry } from './api.generated.ts';
import { Backoff, type BackoffOptions, pause } from './backoff.ts';
import { ConnectionError, isPassing } from './errors.ts';
import type { Transport } from './http.ts';
import { pollEntry } from './poll-entry.ts';
import type { QueueCache } from './queue-cache.ts';
import { StreamUnavailable, streamEntry } from './stream-entry.ts';

/**
 * How updates arrive: by event stream, by polling, or not at all. While `lost`, the update holds the last known entry; the
 * place in the queue is not affected.
 */
export type Connection = 'stream' | 'polling' | 'lost';

/** The current state of an entry. */
export interface Update {
  readonly entry: Entry;
  readonly connection: Connection;
}

export interface FollowOptions {
  /** `false`: poll only, for example behind a proxy that buffers streams. Default true. */
  readonly stream?: boolean;
  /** Time without data or heartbeat after which a stream counts as broken. Default 45 s. */
  readonly silentMs?: number;
  /** Mean time of polling after two streams in a row broke before the first event. Default 30 s. */
  readonly pollForMs?: number;
  readonly backoff?: BackoffOptions;
}

/** What polling and streaming need to read one entry. */
export interface FollowContext {
  readonly transport: Transport;
  readonly queues: QueueCache;
  readonly concertId: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly options: FollowOptions;
}

const TERMINAL_STATES: ReadonlySet<Entry['state']> = new Set([
  'COMPLETED',
  'EXPIRED',
  'LEFT',
  'DISQUALIFIED',
  'REJECTED',
]);

/** Whether the entry is in a terminal state. */
export function hasEnded({ state }: Entry): boolean {
  return TERMINAL_STATES.has(state);
}

/**
 * Yields each change of one entry up to its terminal state. Uses the event stream if available, otherwise polls at the
 * interval that the server sets. @throws QueueProblem that is not retryable (e.g. an invalid token), or the signal's reason
 */
export async function* follow(context: FollowContext): AsyncGenerator<Update> {
  const { options, signal } = context;
  const backoff = new Backoff(options.backoff);
  const changes = new ChangeFilter();
  let streams = options.stream !== false;
  let emptyStreams = 0; // streams in a row that broke before the first event
  while (!changes.ended) {
    try {
      if (streams && emptyStreams < 2) {
        emptyStreams += 1;
        for await (const entry of streamEntry(context, changes)) {
          emptyStreams = 0;
          backoff.reset();
          yield* changes.next(entry, 'stream');
          if (changes.ended) return;
        }
        throw new ConnectionError('The stream ended.');
      }
      const until = streams ? performance.now() + (options.pollForMs ?? 30_000) * (0.5 + Math.random()) : Infinity;
      for await (const entry of pollEntry(context, until)) {
        backoff.reset();
        yield* changes.next(entry, 'polling');
        if (changes.ended) return;
      }
      emptyStreams = 0;
    } catch (error) {
      if (error instanceof StreamUnavailable) streams = false;
      else if (!isPassing(error)) throw error;
      else {
        yield* changes.lost();
        await pause(backoff.next(error.retryAfterMs), signal);
      }
    }
  }
}

/** Drops updates that are equal to, or older than, the last one. */
class ChangeFilter {
  /** Id of the last event; the next stream resumes after it. */
  lastEventId = '';
  #last: Update | undefined;

  get ended(): boolean {
    return this.#last !== undefined && hasEnded(this.#last.entry);
  }

  *next(entry: Entry, connection: Connection): Generator<Update> {
    const last = this.#last;
    // Another server may have a projection that is behind the previous one.
    const isOld = last !== undefined && entry.projectedOffset < last.entry.projectedOffset;
    const update = { entry: isOld ? last.entry : entry, connection };
    if (last && last.connection === connection && isSameEntry(last.entry, update.entry)) return;
    this.#last = update;
    yield update;
  }

  *lost(): Generator<Update> {
    if (this.#last) yield* this.next(this.#last.entry, 'lost');
  }
}

/** Ignores the fields that differ in every response. */
function isSameEntry(a: Entry, b: Entry): boolean {
  const text = (entry: Entry): string => JSON.stringify({ ...entry, pollAfterMs: 0, projectedOffset: 0 });
  return text(a) === text(b);
}
