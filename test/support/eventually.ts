import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds until giving up; default 10,000. */
  readonly within?: number;
  /** Milliseconds between two looks; default 25. */
  readonly every?: number;
}

/**
 * Looks again and again until `attempt` neither throws nor answers false, and gives its answer. Throws after the deadline,
 * with the last failure as message and cause; a look that hangs ends with the deadline too.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  patience: Patience = {},
): Promise<Exclude<T, false>> {
  const { within = 10_000, every = 25 } = patience;
  const overdue = new AbortController();
  const deadline = pause(within, LATE, { signal: overdue.signal }).catch(() => LATE); // called off: nobody waits for it
  let last: unknown = new Error('the first look did not end');
  try {
    for (const end = Date.now() + within; Date.now() <= end; await pause(every)) {
      const outcome = await Promise.race([look(attempt), deadline]);
      if ('late' in outcome) break;
      if ('value' in outcome && isAnswer(outcome.value)) return outcome.value;
      last = 'value' in outcome ? new Error('the answer was false') : outcome.failure;
    }
  } finally {
    overdue.abort();
  }
  const words = last instanceof Object && 'message' in last ? last.message : last;
  throw new Error(`Not within ${within} ms. The last failure: ${String(words)}`, { cause: last });
}

const LATE = { late: true };

async function look<T>(attempt: () => T | Promise<T>): Promise<{ value: T } | { failure: unknown }> {
  try {
    return { value: await attempt() };
  } catch (failure) {
    return { failure };
  }
}

function isAnswer<T>(value: T): value is Exclude<T, false> {
  return value !== false;
}
