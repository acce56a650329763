/**
 * The outcome of the promise, or a rejection after `ms` milliseconds. The operation itself is not cancelled; its later failure
 * is ignored.
 *
 * @param what the operation, for the error message
 * @throws TimeoutError
 */
export function withTimeout<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(`${what} took over ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The outcome of the promise, or `fallback` after `ms` milliseconds. A later failure is ignored. */
export function withFallback<T, F>(ms: number, fallback: F, promise: Promise<T>): Promise<T | F> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, fallback);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}
