import { describe, expect, test } from '@jest/globals';
import { TimeoutError, withFallback, withTimeout } from './timeout.ts';

const never = new Promise<string>(() => {});

describe('a timeout', () => {
  test('rejects and names the operation', async () => {
    await expect(withTimeout(1, 'connecting', never)).rejects.toThrow(new TimeoutError('connecting took over 1 ms'));
  });

  test('passes on the outcome of a promise that settles in time', async () => {
    expect(await withTimeout(10_000, 'connecting', Promise.resolve('value'))).toBe('value');
    await expect(withTimeout(10_000, 'connecting', Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  test('returns a fallback instead where one is given', async () => {
    expect(await withFallback(1, 'fallback', never)).toBe('fallback');
    expect(await withFallback(10_000, 'fallback', Promise.resolve('value'))).toBe('value');
    await expect(withFallback(10_000, 'fallback', Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });
});
