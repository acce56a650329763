/** The promise's outcome, or a rejection after `ms`. What was begun goes on: its late failure is heard here and nowhere else. */
export function withTimeout<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(`${what} took over ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

class DeadlineError extends Error {
  override name = 'DeadlineError';
}
