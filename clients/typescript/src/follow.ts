import type { Entry, Queue } from './api.generated.ts';
import type { BackoffOptions } from './backoff.ts';
import { FollowState } from './follow-state.ts';
import type { Transport } from './http.ts';
import { onOffline } from './page-environment.ts';
import { pollEntry } from './poll-entry.ts';
import type { QueueCache } from './queue-cache.ts';
import { followByStream } from './stream-entry.ts';
import type { StreamHealth } from './stream-health.ts';
import { TimeoutSignal } from './timeout-signal.ts';

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

/** What every user sees of a queue beside the own entry. */
export type QueueStatus = Pick<Queue, 'state' | 'notice'>;

export interface FollowOptions {
  /** `false`: poll only. Default true. */
  readonly stream?: boolean;
  /** Time until a stream must deliver its first byte. Default 3 s. */
  readonly firstByteMs?: number;
  /** Time without data or heartbeat after which a stream counts as broken. Default 20 s; the server sends every 15 s. */
  readonly silentMs?: number;
  /** Mean time without streams after two in a row delivered nothing; doubled each time, up to 10 minutes. Default 30 s. */
  readonly pollForMs?: number;
  /** A rejection counts only if it is repeated after this time, without a success in between. Default 60 s. */
  readonly confirmMs?: number;
  readonly backoff?: BackoffOptions;
  /** Called with the state and notice of the queue when a stream opens and after each change. Must not throw. Polling does not call it. */
  readonly onQueue?: (queue: QueueStatus) => void;
}

/** What polling and streaming need to read one entry. */
export interface FollowContext {
  readonly transport: Transport;
  readonly queues: QueueCache;
  readonly health: StreamHealth;
  readonly concertId: string;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly options: FollowOptions;
}

/**
 * Yields each change of one entry up to its terminal state. An event stream brings the changes; whenever it is silent, polls
 * at the interval that the server sets check the entry. So a stream that delivers nothing delays nothing.
 * @throws QueueProblem that is not retryable (e.g. an invalid token) and was confirmed, or the signal's reason
 */
export async function* follow(context: FollowContext): AsyncGenerator<Update> {
  const state = new FollowState();
  const running = new TimeoutSignal(context.signal);
  const fail = (error: unknown): void => state.fail(error);
  const inner = { ...context, signal: running.signal };
  pollEntry(inner, state).catch(fail);
  if (context.options.stream !== false) followByStream(inner, state).catch(fail);
  const stopListening = onOffline(() => {
    state.isStreaming = false;
    state.onLost();
  });
  try {
    yield* state.updates();
  } finally {
    stopListening();
    running.abort(new Error('The loop has ended.'));
  }
}
