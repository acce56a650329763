import { describe, expect, test } from '@jest/globals';
import { backoffMs } from './backoff.ts';
import { poll } from './poll.ts';
import { retry } from './retry.ts';

const RANGE = { firstMs: 1, maxMs: 2 };

describe('the back-off', () => {
  test('doubles up to its maximum', () => {
    const range = { firstMs: 100, maxMs: 1_000 };
    expect([0, 1, 2, 3, 4, 5_000].map((attempt) => backoffMs(attempt, range))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });
});

describe('retry', () => {
  test('repeats an action until it succeeds, and reports each failure', async () => {
    const reasons: string[] = [];
    let attempts = 0;
    const action = async () => {
      if (++attempts < 3) throw new Error(`attempt ${attempts}`);
      return 'done';
    };
    const { signal } = new AbortController();
    expect(await retry(action, { ...RANGE, signal, onFailure: (reason) => reasons.push(reason) })).toBe('done');
    expect(reasons).toEqual(['attempt 1', 'attempt 2']);
  });

  test('rejects with a permanent error', async () => {
    const { signal } = new AbortController();
    const isPermanent = (error: unknown) => error instanceof RangeError;
    const action = () => Promise.reject(new RangeError('permanent'));
    await expect(retry(action, { ...RANGE, signal, isPermanent })).rejects.toThrow('permanent');
  });

  test('returns undefined when it is aborted, in the middle of a pause', async () => {
    const abort = new AbortController();
    const action = () => Promise.reject(new Error('unavailable'));
    const options = { firstMs: 60_000, maxMs: 60_000, signal: abort.signal, onFailure: () => abort.abort() };
    expect(await retry(action, options)).toBeUndefined();
  });
});

describe('poll', () => {
  test('reads until there is a value', async () => {
    let reads = 0;
    const read = async () => (++reads < 3 ? undefined : reads);
    expect(await poll(read, { ...RANGE, timeoutMs: 10_000 })).toBe(3);
  });

  test('returns undefined after its timeout', async () => {
    expect(await poll(async () => undefined, { ...RANGE, timeoutMs: 0 })).toBeUndefined();
  });
});
