import { setTimeout as delay } from 'node:timers/promises';
import { type BackoffRange, backoffMs } from './backoff.ts';

export interface PollOptions extends BackoffRange {
  readonly timeoutMs: number;
}

/** Calls `read` with growing pauses until it returns a value. @returns undefined after `timeoutMs` */
export async function poll<T>(read: () => Promise<T | undefined>, options: PollOptions): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  for (let attempt = 0; ; attempt++) {
    const value = await read();
    const wait = backoffMs(attempt, options);
    if (value !== undefined || performance.now() + wait > deadline) return value;
    await delay(wait);
  }
}
