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

const affords = ({ tokenBucket, policy }: ConcertQueue, second: number) =>
  admissionsAvailable(tokenBucket.tokens, tokenBucket.at, seconds(second), policy.admissionsPerMinute);
const fast = configured({ capacity: 9_999, admissionsPerMinute: 6_000 });
const slow = configured({ capacity: 9_999, admissionsPerMinute: 6 });

describe('the rate', () => {
  test('leaves one admission at the opening, and grows to one second of the rate', () => {
    const queue = given(fast);
    expect([0, 0.01, 0.5, 1, 60].map((second) => affords(queue, second))).toEqual([1, 2, 51, 100, 100]);
  });
  test('leaves one at a time where it is below one a second', () => {
    const queue = given(slow, ...requestedByFans(1), atSecond(1, admittedUpTo(1)));
    expect([1, 10.999, 11, 999].map((second) => affords(queue, second))).toEqual([0, 0, 1, 1]);
  });
  test('is not refilled by pausing, by time or by saying it again', () => {
    const queue = given(
      fast,
      ...requestedByFans(150),
      atSecond(200, admittedUpTo(100)),
      atSecond(200, admittedUpTo(0)),
      atSecond(200, timePassed(200)),
    );
    expect(affords(queue, 200)).toBe(0);
    expect(affords(queue, 200.1)).toBe(10);
  });
  test('that was exceeded, by two who admitted at once, is made good before the next', () => {
    const queue = given(slow, ...requestedByFans(3), atSecond(5, admittedUpTo(3)));
    expect([5, 34.999, 35].map((second) => affords(queue, second))).toEqual([0, 0, 1]);
  });
  test('grows at the rate of the time, before and after it is changed', () => {
    const queue = given(
      slow,
      ...requestedByFans(3),
      atSecond(4, admittedUpTo(1)),
      atSecond(9, configured({ capacity: 9_999, admissionsPerMinute: 60 })),
    );
    expect([9, 9.499, 9.5, 99].map((second) => affords(queue, second))).toEqual([0, 0, 1, 1]);
  });
  test('begins at the opening, with nothing saved up from the time before', () => {
    const queue = given(configured({ opensAt: seconds(99), admissionsPerMinute: 6_000 }), atSecond(120, timePassed(0)));
    expect(affords(queue, 120)).toBe(1);
  });
});

describe('the time until so many are affordable', () => {
  test('is nothing when they are already', () => {
    expect(msUntilAvailable(60_000, 60)).toBe(0);
  });
  test('is whole milliseconds, at the end of which they are', () => {
    expect(msUntilAvailable(0, 7)).toBe(8_572);
    expect(admissionsAvailable(0, 0, 8_571, 7)).toBe(0);
    expect(admissionsAvailable(0, 0, 8_572, 7)).toBe(1);
  });
  test('grows with their number and with the debt', () => {
    expect(msUntilAvailable(0, 6_000, 20)).toBe(200);
    expect(msUntilAvailable(-60_000, 6_000, 20)).toBe(210);
  });
});
