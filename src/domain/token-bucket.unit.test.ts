import { describe, expect, test } from '@jest/globals';
import {
  admittedUpTo,
  atSecond,
  configured,
  given,
  requestedByFans,
  seconds,
  timePassed,
} from './concert-queue.fixtures.ts';
import type { ConcertQueue } from './concert-queue.ts';
import { admissionsAvailable, msUntilAvailable } from './token-bucket.ts';

const available = ({ tokenBucket, policy }: ConcertQueue, second: number) =>
  admissionsAvailable(tokenBucket.tokens, tokenBucket.at, seconds(second), policy.admissionsPerMinute);
const fast = configured({ capacity: 9_999, admissionsPerMinute: 6_000 });
const slow = configured({ capacity: 9_999, admissionsPerMinute: 6 });

describe('the rate', () => {
  test('allows one admission at the opening, and up to one second of the rate later', () => {
    const queue = given(fast);
    expect([0, 0.01, 0.5, 1, 60].map((second) => available(queue, second))).toEqual([1, 2, 51, 100, 100]);
  });
  test('allows one admission at a time below 60 per minute', () => {
    const queue = given(slow, ...requestedByFans(1), atSecond(1, admittedUpTo(1)));
    expect([1, 10.999, 11, 999].map((second) => available(queue, second))).toEqual([0, 0, 1, 1]);
  });
  test('is not refilled by repeated events', () => {
    const queue = given(
      fast,
      ...requestedByFans(150),
      atSecond(200, admittedUpTo(100)),
      atSecond(200, admittedUpTo(0)),
      atSecond(200, timePassed(200)),
    );
    expect(available(queue, 200)).toBe(0);
    expect(available(queue, 200.1)).toBe(10);
  });
  test('delays the next admission after concurrent admission controls have exceeded it', () => {
    const queue = given(slow, ...requestedByFans(3), atSecond(5, admittedUpTo(3)));
    expect([5, 34.999, 35].map((second) => available(queue, second))).toEqual([0, 0, 1]);
  });
  test('refills at the rate that was in force at each time', () => {
    const queue = given(
      slow,
      ...requestedByFans(3),
      atSecond(4, admittedUpTo(1)),
      atSecond(9, configured({ capacity: 9_999, admissionsPerMinute: 60 })),
    );
    expect([9, 9.499, 9.5, 99].map((second) => available(queue, second))).toEqual([0, 0, 1, 1]);
  });
  test('starts at the opening, without tokens for the time before', () => {
    const queue = given(configured({ opensAt: seconds(99), admissionsPerMinute: 6_000 }), atSecond(120, timePassed(0)));
    expect(available(queue, 120)).toBe(1);
  });
});

describe('the time until admissions are available', () => {
  test('is 0 if they are available', () => {
    expect(msUntilAvailable(60_000, 60)).toBe(0);
  });
  test('is in whole milliseconds, rounded up', () => {
    expect(msUntilAvailable(0, 7)).toBe(8_572);
    expect(admissionsAvailable(0, 0, 8_571, 7)).toBe(0);
    expect(admissionsAvailable(0, 0, 8_572, 7)).toBe(1);
  });
  test('grows with the number of admissions and with the debt', () => {
    expect(msUntilAvailable(0, 6_000, 20)).toBe(200);
    expect(msUntilAvailable(-60_000, 6_000, 20)).toBe(210);
  });
});
