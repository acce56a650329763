import { describe, expect, test } from '@jest/globals';
import {
  admittedUpTo,
  atSecond,
  claimedBy,
  closed,
  completedBy,
  configured,
  configuredWithDraw,
  given,
  paused,
  requestedByFans,
  timePassed,
} from './concert-queue.fixtures.ts';
import type { ConcertQueue } from './concert-queue.ts';
import { estimatedWaitSeconds, pollAfterMs } from './estimates.ts';

const waits = (queue: ConcertQueue, ahead: number) => estimatedWaitSeconds(ahead, queue.attributes());
const small = configured({ capacity: 2, claimWindowSeconds: 600, activeWindowSeconds: 3_000 });

describe('the estimated wait', () => {
  test('follows the rate while there are free slots', () => {
    const queue = given(configured({ capacity: 100 }), ...requestedByFans(90));
    expect([0, 29, 89].map((ahead) => waits(queue, ahead))).toEqual([1, 30, 90]);
  });
  test('is undefined without a free slot while none was freed', () => {
    const queue = given(small, ...requestedByFans(9), atSecond(20, admittedUpTo(9)), atSecond(25, timePassed(0)));
    expect(queue.called).toBe(2);
    expect([0, 6].map((ahead) => waits(queue, ahead))).toEqual([undefined, undefined]);
  });
  test('follows the slots freed in the last five minutes if no slot is free', () => {
    const served = (fan: number, second: number) => [
      atSecond(second, claimedBy(`fan ${fan}`, 99)),
      atSecond(second, completedBy(`fan ${fan}`, 99)),
      atSecond(second, admittedUpTo(99)),
    ];
    const queue = given(
      small,
      ...requestedByFans(9),
      atSecond(20, admittedUpTo(99)),
      ...served(0, 40),
      ...served(1, 60),
      ...served(2, 80),
    );
    expect(queue.called).toBe(2);
    // Three slots were freed in the 60 s since the first call: one every 20 s.
    expect([0, 3].map((ahead) => waits(queue, ahead))).toEqual([20, 80]);
  });
  test('is never shorter than the rate allows', () => {
    const hurried = configured({ capacity: 1, admissionsPerMinute: 6, claimWindowSeconds: 1, activeWindowSeconds: 1 });
    const queue = given(
      hurried,
      ...requestedByFans(9),
      atSecond(20, admittedUpTo(1)),
      atSecond(21, timePassed(21)),
      admittedUpTo(2),
      atSecond(23, timePassed(23)),
      admittedUpTo(3),
    );
    expect(waits(queue, 5)).toBe(60);
  });
  test('is never longer than the windows allow', () => {
    const queue = given(
      configured({ capacity: 2 }),
      ...requestedByFans(9),
      atSecond(20, admittedUpTo(9)),
      atSecond(50, claimedBy('fan 0', 1)),
      atSecond(50, timePassed(50)),
      atSecond(300, admittedUpTo(9)),
    );
    // One slot was freed in 280 s. Both are free at the latest 330 s after their call: one every 165 s.
    expect(waits(queue, 0)).toBe(165);
  });
  test('ignores slots that were freed more than five minutes ago', () => {
    const freed = [atSecond(20, admittedUpTo(9)), atSecond(50, timePassed(50)), atSecond(60, admittedUpTo(9))];
    expect(waits(given(small, ...requestedByFans(9), ...freed, atSecond(400, timePassed(0))), 3)).toBeUndefined();
  });
  test.each([
    ['paused', given(configured(), ...requestedByFans(3), paused)],
    ['closed', given(configured(), ...requestedByFans(3), closed)],
    ['scheduled', given(configuredWithDraw(), ...requestedByFans(3))],
    ['waiting for its draw', given(configuredWithDraw(), ...requestedByFans(3), atSecond(10, timePassed(10)))],
  ])('is undefined while the queue is %s', (_, queue) => {
    expect(waits(queue, 0)).toBeUndefined();
  });
});

describe('the poll interval', () => {
  test('is 1 s at the front and 15 s at the back', () => {
    expect([0, 10_000, 1_000_000].map((ahead) => pollAfterMs(ahead, 0.5))).toEqual([1_000, 15_000, 15_000]);
  });
  test('grows with the number of entries ahead', () => {
    const paces = [0, 1, 10, 100, 1_000, 5_000, 9_999].map((ahead) => pollAfterMs(ahead, 0.5));
    expect(paces).toEqual(paces.toSorted((a, b) => a - b));
    expect(new Set(paces).size).toBe(paces.length);
  });
  test('is spread by 20% to either side', () => {
    expect([0, 1].map((random) => pollAfterMs(0, random))).toEqual([800, 1_200]);
    expect([0, 1].map((random) => pollAfterMs(20_000, random))).toEqual([12_000, 18_000]);
  });
  test('is that of the front if the position is unknown', () => {
    expect(pollAfterMs(undefined, 0.5)).toBe(1_000);
  });
});
