import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QueueError } from '../errors.ts';
import { EntryRateLimiter } from './entry-rate-limiter.ts';

/** Asks at these times (milliseconds) and gives how many were taken. */
function taken(perSecond: number, times: readonly number[]): number {
  let now = times[0] ?? 0;
  const limit = new EntryRateLimiter(perSecond, () => now);
  return times.filter((time) => {
    now = time;
    return takes(limit);
  }).length;
}

function takes(limit: EntryRateLimiter): boolean {
  try {
    limit.consume();
    return true;
  } catch (error) {
    if (error instanceof QueueError && error.code === 'OVERLOADED') return false;
    throw error;
  }
}

describe('the rate limit of entry requests', () => {
  test('is off at 0', () => {
    const limit = new EntryRateLimiter(0);
    expect([limit.isOn, Array.from({ length: 10_000 }, () => takes(limit)).every(Boolean)]).toEqual([false, true]);
  });

  test('accepts the allowed number and no more, for any arrival pattern', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5_000 }), fc.integer({ min: 2, max: 10 }), gaps, (rate, times, some) => {
        // On average `times` as many as are taken, for two seconds; a gap repeats in turn.
        const mean = some.reduce((sum, gap) => sum + gap, 0) / some.length;
        fc.pre(mean > 0.1);
        const unit = 1000 / (rate * times) / mean;
        const requested: number[] = [];
        for (let at = 0, index = 0; at < 2_000; at += (some[index++ % some.length] ?? 0) * unit) requested.push(at);
        const accepted = taken(rate, requested);
        expect(accepted).toBeLessThanOrEqual(2 * rate + Math.max(1, rate / 10));
        // Tokens spill only while nobody asks for longer than the bucket is deep.
        const longest = Math.max(...some) * unit * some.length;
        if (longest < 100) expect(accepted).toBeGreaterThanOrEqual(0.9 * 2 * rate - 1);
      }),
    );
  });

  test("accepts at most a tenth of a second's requests in a burst", () => {
    expect(
      taken(
        1_000,
        Array.from({ length: 5_000 }, () => 0),
      ),
    ).toBe(100);
    expect(
      taken(
        1_000,
        Array.from({ length: 5_000 }, (_, index) => index / 50),
      ),
    ).toBe(199);
  });

  test('accepts one request even if a tenth of a second allows less', () => {
    expect(taken(1, [0, 1, 999, 1_001, 1_500, 2_100])).toBe(3);
  });

  test('is read without using tokens', () => {
    const limit = new EntryRateLimiter(10, () => 0);
    for (let times = 0; times < 50; times++) limit.check();
    limit.consume();
    expect(() => limit.check()).toThrow(QueueError);
  });

  test('spreads the retries over time', () => {
    const after = [0, 0.5, 0.999].map((random) => {
      const limit = new EntryRateLimiter(
        10,
        () => 0,
        () => random,
      );
      limit.consume();
      try {
        limit.consume();
      } catch (error) {
        return error instanceof QueueError ? error.retryAfterSeconds : undefined;
      }
    });
    expect(after).toEqual([1, 2, 3]);
  });
});
