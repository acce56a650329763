import type { Entry } from './api.generated.ts';
import { type ConnectionError, isPassing, QueueProblem } from './errors.ts';
import type { Connection, Update } from './follow.ts';

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

/** What the stream and the polls of one entry have found out together. Yields each change once. */
export class FollowState {
  /** Id of the last event; the next stream resumes after it. */
  lastEventId = '';
  /** Whether an open stream has delivered bytes. */
  isStreaming = false;
  #heardAt = performance.now();
  #last: Update | undefined;
  #refusedAt: number | undefined;
  readonly #pending: Update[] = [];
  #failure: { readonly error: unknown } | undefined;
  #notify: () => void = () => undefined;

  /** Milliseconds since the last byte of a stream or the last response to a poll. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** A heartbeat or an event has arrived. */
  onBytes(): void {
    this.isStreaming = true;
    this.#heard();
    if (this.#last) this.#set(this.#last.entry, 'stream');
  }

  onEntry(entry: Entry): void {
    this.#heard();
    const last = this.#last;
    // Another server may have a projection that is behind the previous one.
    const isOld = last !== undefined && entry.projectedOffset < last.entry.projectedOffset;
    this.#set(isOld ? last.entry : entry, this.isStreaming ? 'stream' : 'polling');
  }

  /** The queue document has arrived. It does not show the entry, but that the waiting room responds. */
  onPublicDocument(): void {
    this.#heardAt = performance.now();
    if (this.#last && !this.isStreaming) this.#set(this.#last.entry, 'polling');
  }

  /** A poll failed, or the device is offline. */
  onLost(): void {
    if (this.#last && !this.isStreaming) this.#set(this.#last.entry, 'lost');
  }

  /**
   * Decides whether the error ends following. One server alone may have a wrong secret or an old route, so a rejection counts
   * only when it is repeated without a success in between. @throws an error that is not retryable, or a rejection whose first
   * is at least `confirmMs` old
   */
  onError(error: unknown, confirmMs = 60_000): asserts error is QueueProblem | ConnectionError {
    if (isPassing(error)) return;
    if (!(error instanceof QueueProblem)) throw error;
    this.#refusedAt ??= performance.now();
    if (performance.now() - this.#refusedAt >= confirmMs) throw error;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#notify();
  }

  /** Every change up to the terminal state. @throws the error of `fail` */
  async *updates(): AsyncGenerator<Update> {
    for (;;) {
      const update = this.#pending.shift();
      if (update) yield update;
      if (update && hasEnded(update.entry)) return;
      if (update) continue;
      if (this.#failure) throw this.#failure.error;
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.#refusedAt = undefined;
  }

  #set(entry: Entry, connection: Connection): void {
    const last = this.#last;
    if (last && last.connection === connection && isSameEntry(last.entry, entry)) return;
    this.#last = { entry, connection };
    this.#pending.push(this.#last);
    this.#notify();
  }
}

/** Ignores the fields that differ in every response. */
function isSameEntry(a: Entry, b: Entry): boolean {
  const text = (entry: Entry): string => JSON.stringify({ ...entry, pollAfterMs: 0, projectedOffset: 0 });
  return text(a) === text(b);
}
