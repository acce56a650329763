import { isPassing } from './errors.ts';

export interface BackoffOptions {
  /** Upper bound of the first wait; doubled each time. Default 500 ms. */
  readonly firstMs?: number;
  /** Upper bound of any wait. Default 10 s. */
  readonly mostMs?: number;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

/** Waits that grow, with full jitter: those who were cut off together do not come back together. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions = {}) {
    this.#options = options;
  }

  /** Milliseconds to wait after one more failure: never less than what the server asked for. */
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

/** Resolves after that time. @throws the signal's reason when it is called off */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const calledOff = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', calledOff);
      resolve();
    }, ms);
    if (signal.aborted) calledOff();
    else signal.addEventListener('abort', calledOff, { once: true });
  });
}

/** Does it again while it fails for reasons that pass. @throws the last failure after so many attempts */
export async function persistently<T>(
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
