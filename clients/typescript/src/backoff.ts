import { isPassing } from './errors.ts';
import { onWake } from './page-environment.ts';

export interface BackoffOptions {
  /** Minimum of every wait, and of the first delay; the delays double. Default 1 s. */
  readonly firstMs?: number;
  /** Maximum of every wait, whatever a server asks for. Default 30 s. */
  readonly mostMs?: number;
  /** Returns a number from 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

/** Longer requests are shortened to this share of the maximum, which leaves room for jitter. */
const SHARE_BEFORE_JITTER = 0.8;

/** The wait that a server asks for, within the limits of the options. Every wait of the client passes through here. */
export function clampWait(ms: number, { firstMs = 1_000, mostMs = 30_000 }: BackoffOptions = {}): number {
  return Math.min(mostMs, Math.max(firstMs, ms));
}

/** Exponential back-off with jitter, so that clients that failed together do not retry together. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions = {}) {
    this.#options = options;
  }

  /** The delay after one more failure, in milliseconds. `retryAfterMs` makes it longer, up to the maximum, never shorter. */
  next(retryAfterMs = 0): number {
    const { firstMs = 1_000, mostMs = 30_000, random = Math.random } = this.#options;
    this.#failures += 1;
    const delay = firstMs + random() * firstMs * (2 ** Math.min(this.#failures, 20) - 1);
    const requested = Math.min(retryAfterMs, mostMs * SHARE_BEFORE_JITTER) * (1 + random() * (1 - SHARE_BEFORE_JITTER));
    return clampWait(Math.max(delay, requested), this.#options);
  }

  reset(): void {
    this.#failures = 0;
  }
}

/**
 * Resolves after `ms` milliseconds, or earlier, but not before `leastMs`, when the device is online again or the page becomes
 * visible. @returns whether it was early. @throws the signal's reason when aborted
 */
export function pause(ms: number, signal: AbortSignal, leastMs = 1_000): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let isEarly = false;
    const end = (): void => {
      clearTimeout(timer);
      stopWaking();
      signal.removeEventListener('abort', onAbort);
    };
    const onTime = (): void => {
      end();
      resolve(isEarly);
    };
    const onAbort = (): void => {
      end();
      reject(signal.reason as Error);
    };
    let timer = setTimeout(onTime, ms);
    const stopWaking = onWake(() => {
      if (isEarly) return;
      isEarly = true;
      clearTimeout(timer);
      timer = setTimeout(onTime, Math.max(0, Math.min(ms, leastMs) - (performance.now() - startedAt)));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
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
