import { describe, expect, test } from '@jest/globals';
import {
  at,
  calls,
  claims,
  closed,
  completes,
  configured,
  crowd,
  drawing,
  given,
  passed,
  paused,
} from './concert-queue.fixtures.ts';
import type { ConcertQueue } from './concert-queue.ts';
import { estimatedWaitSeconds, pollAfterMs } from './estimates.ts';

const waits = (queue: ConcertQueue, ahead: number) => estimatedWaitSeconds(ahead, queue.attributes());
const small = configured({ capacity: 2, claimWindowSeconds: 600, activeWindowSeconds: 3_000 });

describe('the estimated wait', () => {
  test('is that of the rate while there is room', () => {
    const queue = given(configured({ capacity: 100 }), ...crowd(90));
    expect([0, 29, 89].map((ahead) => waits(queue, ahead))).toEqual([1, 30, 90]);
  });
  test('is absent beyond the room as long as no slot was freed', () => {
    const queue = given(small, ...crowd(9), at(20, calls(9)), at(25, passed(0)));
    expect(queue.called).toBe(2);
    expect([0, 6].map((ahead) => waits(queue, ahead))).toEqual([undefined, undefined]);
  });
  test('is that of the slots freed in the last five minutes when the room is full', () => {
    const served = (fan: number, second: number) => [
      at(second, claims(`fan ${fan}`, 99)),
      at(second, completes(`fan ${fan}`, 99)),
      at(second, calls(99)),
    ];
    const queue = given(small, ...crowd(9), at(20, calls(99)), ...served(0, 40), ...served(1, 60), ...served(2, 80));
    expect(queue.called).toBe(2);
    // Three slots freed in the 60 seconds since the first call: one every 20.
    expect([0, 3].map((ahead) => waits(queue, ahead))).toEqual([20, 80]);
  });
  test('is never shorter than the rate allows', () => {
    const hurried = configured({ capacity: 1, admissionsPerMinute: 6, claimWindowSeconds: 1, activeWindowSeconds: 1 });
    const queue = given(
      hurried,
      ...crowd(9),
      at(20, calls(1)),
      at(21, passed(21)),
      calls(2),
      at(23, passed(23)),
      calls(3),
    );
    expect(waits(queue, 5)).toBe(60);
  });
  test('is never longer than the windows allow', () => {
    const queue = given(
      configured({ capacity: 2 }),
      ...crowd(9),
      at(20, calls(9)),
      at(50, claims('fan 0', 1)),
      at(50, passed(50)),
      at(300, calls(9)),
    );
    // One slot freed in 280 s, but both are free 330 s after their call at the latest: one every 165.
    expect(waits(queue, 0)).toBe(165);
  });
  test('forgets what was freed more than five minutes ago', () => {
    const freed = [at(20, calls(9)), at(50, passed(50)), at(60, calls(9))];
    expect(waits(given(small, ...crowd(9), ...freed, at(400, passed(0))), 3)).toBeUndefined();
  });
  test.each([
    ['paused', given(configured(), ...crowd(3), paused)],
    ['closed', given(configured(), ...crowd(3), closed)],
    ['scheduled', given(drawing(), ...crowd(3))],
    ['about to draw', given(drawing(), ...crowd(3), at(10, passed(10)))],
  ])('is absent while the queue is %s', (_, queue) => {
    expect(waits(queue, 0)).toBeUndefined();
  });
});

describe('the time to ask again', () => {
  test('is a second at the front, and fifteen at the back', () => {
    expect([0, 10_000, 1_000_000].map((ahead) => pollAfterMs(ahead, 0.5))).toEqual([1_000, 15_000, 15_000]);
  });
  test('grows with the distance', () => {
    const paces = [0, 1, 10, 100, 1_000, 5_000, 9_999].map((ahead) => pollAfterMs(ahead, 0.5));
    expect(paces).toEqual(paces.toSorted((a, b) => a - b));
    expect(new Set(paces).size).toBe(paces.length);
  });
  test('is spread by a fifth to either side', () => {
    expect([0, 1].map((random) => pollAfterMs(0, random))).toEqual([800, 1_200]);
    expect([0, 1].map((random) => pollAfterMs(20_000, random))).toEqual([12_000, 18_000]);
  });
  test('is that of the front where the distance is not known', () => {
    expect(pollAfterMs(undefined, 0.5)).toBe(1_000);
  });
});
