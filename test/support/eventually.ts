import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds until giving up; default 10,000. */
  readonly within?: number;
  /** Milliseconds between two attempts; default 25. */
  readonly every?: number;
}

/**
 * Repeats `attempt` until it neither throws nor returns false, and returns its result. Throws after the deadline with the
 * last failure as message and cause, even if an attempt hangs.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, false>> {
  const { within = 10_000, every = 25 } = options;
  const overdue = new AbortController();
  const deadline = pause(within, LATE, { signal: overdue.signal }).catch(() => LATE); // aborted below
  let last: unknown = new Error('the first attempt did not end');
  try {
    for (const end = Date.now() + within; Date.now() <= end; await pause(every)) {
      const outcome = await Promise.race([tryOnce(attempt), deadline]);
      if ('late' in outcome) break;
      if ('value' in outcome && isResult(outcome.value)) return outcome.value;
      last = 'value' in outcome ? new Error('the result was false') : outcome.failure;
    }
  } finally {
    overdue.abort();
  }
  const words = last instanceof Object && 'message' in last ? last.message : last;
  throw new Error(`Not within ${within} ms. The last failure: ${String(words)}`, { cause: last });
}

const LATE = { late: true };

async function tryOnce<T>(attempt: () => T | Promise<T>): Promise<{ value: T } | { failure: unknown }> {
  try {
    return { value: await attempt() };
  } catch (failure) {
    return { failure };
  }
}

function isResult<T>(value: T): value is Exclude<T, false> {
  return value !== false;
}
