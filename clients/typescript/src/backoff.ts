import { isPassing } from './errors.ts';

export interface BackoffOptions {
  /** Upper bound of the first delay; doubled after each failure. Default 500 ms. */
  readonly firstMs?: number;
  /** Upper bound of every delay. Default 10 s. */
  readonly mostMs?: number;
  /** Returns a number from 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

/** Exponential back-off with full jitter, so that clients that failed together do not retry together. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions = {}) {
    this.#options = options;
  }

  /** The delay after one more failure, in milliseconds; at least `retryAfterMs`. */
  next(retryAfterMs = 0): number {
    const { firstMs = 500, mostMs = 10_000, random = Math.random } = this.#options;
    const bound = Math.min(mostMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return retryAfterMs + random() * bound;
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** Resolves after `ms` milliseconds. @throws the signal's reason when aborted */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Repeats `work` after a retryable error. @throws the error of the last attempt, or the signal's reason */
export async function retry<T>(
  work: () => Promise<T>,
  { attempts, signal, backoff }: { readonly attempts: number; readonly signal: AbortSignal; readonly backoff: Backoff },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || attempt >= attempts) throw error;
      await pause(backoff.next(error.retryAfterMs), signal);
    }
  }
}
