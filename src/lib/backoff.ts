import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffRange {
  /** First pause, in milliseconds. */
  readonly firstMs: number;
  /** Longest pause, in milliseconds. */
  readonly maxMs: number;
  /** Growth from one pause to the next; default 2. */
  readonly factor?: number;
}

/** Exponential back-off: the pause before retry number `attempt`, in milliseconds. The first retry is number 0. */
export function backoffMs(attempt: number, { firstMs, maxMs, factor = 2 }: BackoffRange): number {
  return Math.min(firstMs * factor ** attempt, maxMs);
}

/** Pauses between attempts. Each is drawn from the upper half of the current bound, so that processes do not retry in step. */
export class Backoff {
  #attempt = 0;

  /** @param signal ends a pause early */
  constructor(
    private readonly range: BackoffRange,
    private readonly signal?: AbortSignal,
  ) {}

  /** Pauses; the next pause is longer. Never rejects. */
  async pause(): Promise<void> {
    const bound = backoffMs(this.#attempt++, this.range);
    await abortableDelay(bound * (0.5 + Math.random() / 2), this.signal);
  }

  /** The next pause is the first one again. */
  reset(): void {
    this.#attempt = 0;
  }
}

/** Waits `ms` milliseconds, or until the signal aborts. Never rejects. */
export async function abortableDelay(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {}); // an abort only ends the wait
}
