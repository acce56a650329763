import { describe, expect, test } from '@jest/globals';
import { decideAdmission, nextAdmissionAt, PURGE_SLACK_MS } from './admission-policy.ts';
import {
  admittedUpTo,
  atSecond,
  claimedBy,
  closed,
  configured,
  configuredWithDraw,
  drawHeld,
  given,
  leftBy,
  paused,
  policy,
  requestedBy,
  requestedByFans,
  resumed,
  seconds,
  timePassed,
} from './concert-queue.fixtures.ts';
import type { ConcertQueue } from './concert-queue.ts';

const NEVER = Number.POSITIVE_INFINITY;
const decided = (queue: ConcertQueue, second: number, through = second) =>
  decideAdmission(queue, seconds(second), seconds(through));
const wide = configured({ capacity: 9_999 });

/** Decides every `stepMs` for one second. @returns the number of calls of each event */
function calledWithinASecond(queue: ConcertQueue, stepMs: number): number[] {
  const counts: number[] = [];
  const start = queue.time;
  for (let now = start + stepMs; now <= start + 1_000; now += stepMs) {
    const decision = decideAdmission(queue, now, now);
    if (decision?.type !== 'EntriesAdmitted') continue;
    const before = queue.called;
    queue.apply(admittedUpTo(decision.through), { offset: queue.offset + 1, timestamp: now });
    counts.push(queue.called - before);
  }
  return counts;
}

describe('admission calls', () => {
  test('the first waiting entry as soon as the rate allows', () => {
    const queue = given(wide, requestedBy('ann'), requestedBy('bo'));
    expect(decided(queue, 1)).toEqual({ type: 'EntriesAdmitted', through: 1 });
    expect(nextAdmissionAt(queue)).toBeLessThanOrEqual(seconds(1));
  });
  test('no entry if none waits', () => {
    expect(decided(given(wide), 99)).toBeUndefined();
    expect(nextAdmissionAt(given(wide))).toBe(NEVER);
  });
  test('no entry at full capacity, and decides again when a slot may be freed', () => {
    const full = given(configured({ capacity: 1 }), ...requestedByFans(2), atSecond(2, admittedUpTo(1)));
    expect(decided(full, 31)).toBeUndefined();
    expect(nextAdmissionAt(full)).toBe(seconds(32));
  });
  test('no entry above the capacity', () => {
    const full = given(
      configured({ capacity: 2 }),
      ...requestedByFans(3),
      admittedUpTo(2),
      configured({ capacity: 1 }),
    );
    expect(decided(full, 10)).toBeUndefined();
  });
  test.each([
    ['paused', paused],
    ['closed', closed],
  ])('no entry while the queue is %s, and has no next time', (_, event) => {
    const queue = given(wide, requestedBy('ann'), event);
    expect(decided(queue, 99)).toBeUndefined();
    expect(nextAdmissionAt(queue)).toBe(NEVER);
    expect(decided(given(wide, requestedBy('ann'), event, resumed), 99)).toBeDefined();
  });
  test('as many entries as there are free slots', () => {
    const fast = configured({ capacity: 3, admissionsPerMinute: 60_000 });
    expect(decided(given(fast, ...requestedByFans(9)), 20)).toEqual({ type: 'EntriesAdmitted', through: 3 });
  });
  test('at most 500 entries in one event', () => {
    const fast = configured({ capacity: 9_999, admissionsPerMinute: 600_000 });
    expect(decided(given(fast, ...requestedByFans(600)), 700)).toEqual({ type: 'EntriesAdmitted', through: 500 });
  });
  test('up to the place of the last entry to call, if others have left', () => {
    const queue = given(wide, ...requestedByFans(3), leftBy('fan 0', 1));
    expect(decided(queue, 10)).toEqual({ type: 'EntriesAdmitted', through: 2 });
  });
});

describe('admission is smooth', () => {
  test('at 60 per minute: one per second', () => {
    const queue = given(wide, ...requestedByFans(200), atSecond(200, admittedUpTo(1)));
    expect(calledWithinASecond(queue, 10)).toEqual([1]);
    expect(calledWithinASecond(queue, 10)).toEqual([1]);
  });
  test('at 6,000 per minute: a hundred per second, in steps of 200 ms', () => {
    const queue = given(
      configured({ capacity: 9_999, admissionsPerMinute: 6_000 }),
      ...requestedByFans(500),
      atSecond(600, admittedUpTo(100)),
    );
    expect(calledWithinASecond(queue, 10)).toEqual([20, 20, 20, 20, 20]);
  });
  test('at 6,000 per minute with a slower tick: the same number in larger steps', () => {
    const queue = given(
      configured({ capacity: 9_999, admissionsPerMinute: 6_000 }),
      ...requestedByFans(500),
      atSecond(600, admittedUpTo(100)),
    );
    expect(calledWithinASecond(queue, 250)).toEqual([25, 25, 25, 25]);
  });
  test('after a long pause: at most the amount of one second', () => {
    const fast = configured({ capacity: 9_999, admissionsPerMinute: 600 });
    const queue = given(fast, ...requestedByFans(99), paused, atSecond(9_000, resumed));
    expect(decided(queue, 9_000)).toEqual({ type: 'EntriesAdmitted', through: 10 });
  });
  test('and does not wait for a full step to call the last entries', () => {
    const fast = configured({ capacity: 9_999, admissionsPerMinute: 6_000 });
    const queue = given(fast, ...requestedByFans(102), atSecond(200, admittedUpTo(100)));
    expect(nextAdmissionAt(queue)).toBe(seconds(200) + 20);
  });
  test('and decides at exactly the time of the next token', () => {
    const queue = given(wide, ...requestedByFans(3), atSecond(10, admittedUpTo(1)));
    expect(nextAdmissionAt(queue)).toBe(seconds(11));
    expect(decided(queue, 10.999)).toBeUndefined();
    expect(decided(queue, 11)).toEqual({ type: 'EntriesAdmitted', through: 2 });
  });
});

describe('admission expires', () => {
  const called = given(configured({ capacity: 1 }), ...requestedByFans(2), atSecond(2, admittedUpTo(1)));

  test('entries at their deadline, before it calls others', () => {
    expect(decided(called, 32)).toEqual({ type: 'TimePassed', through: seconds(32) });
    called.apply(timePassed(32), { offset: 9, timestamp: seconds(32) });
    expect(decided(called, 32)).toEqual({ type: 'EntriesAdmitted', through: 2 });
  });
  test('no entry after the visibility watermark, and still calls others', () => {
    const queue = given(wide, ...requestedByFans(2), atSecond(2, admittedUpTo(1)));
    expect(decided(queue, 99, 31.999)).toEqual({ type: 'EntriesAdmitted', through: 2 });
    expect(decided(queue, 99, 32)).toEqual({ type: 'TimePassed', through: seconds(32) });
  });
  test('again if one event is not enough', () => {
    const queue = given(
      wide,
      ...requestedByFans(501),
      admittedUpTo(999),
      admittedUpTo(999),
      atSecond(999, timePassed(999)),
    );
    expect(decided(queue, 999)).toEqual({ type: 'TimePassed', through: seconds(999) });
  });
  test('entries also while the queue is paused or closed', () => {
    const queue = given(wide, requestedBy('ann'), atSecond(2, admittedUpTo(1)), paused, closed);
    expect(nextAdmissionAt(queue)).toBe(seconds(32));
    expect(decided(queue, 32)).toEqual({ type: 'TimePassed', through: seconds(32) });
  });
  test('ACTIVE entries by their own deadline', () => {
    const queue = given(wide, requestedBy('ann'), admittedUpTo(1), atSecond(3, claimedBy('ann', 1)));
    expect(nextAdmissionAt(queue)).toBe(seconds(3 + policy.activeWindowSeconds));
  });
  test('outcomes with a delay, so that one event purges many', () => {
    const queue = given(wide, requestedBy('ann'), leftBy('ann', 1));
    const purgeable = seconds(2 + policy.outcomeRetentionSeconds);
    const due = purgeable + PURGE_SLACK_MS;
    expect(nextAdmissionAt(queue)).toBe(due);
    expect(decideAdmission(queue, due - 1, due - 1)).toBeUndefined();
    expect(decideAdmission(queue, due, due)).toEqual({ type: 'TimePassed', through: due });
  });
});

describe('during a hold, the next time is', () => {
  const queue = given(configured({ capacity: 1 }), ...requestedByFans(2), atSecond(2, admittedUpTo(1)));

  test('the end of the hold for a deadline within it', () => {
    expect(nextAdmissionAt(queue, { through: seconds(20), until: seconds(50) })).toBe(seconds(50));
  });
  test('the deadline if it is after the hold, or before its `through`', () => {
    expect(nextAdmissionAt(queue, { through: seconds(20), until: seconds(25) })).toBe(seconds(32));
    expect(nextAdmissionAt(queue, { through: seconds(40), until: seconds(80) })).toBe(seconds(32));
  });
  test('the next call, which is not held', () => {
    const waiting = given(wide, ...requestedByFans(2), atSecond(2, admittedUpTo(1)));
    expect(nextAdmissionAt(waiting, { through: seconds(2), until: seconds(99) })).toBe(seconds(3));
  });
});

describe('admission opens', () => {
  test('a scheduled queue at its opening time, with TimePassed', () => {
    const queue = given(configured({ opensAt: seconds(10) }));
    expect(nextAdmissionAt(queue)).toBe(seconds(10));
    expect(decided(queue, 9.999)).toBeUndefined();
    expect(decided(queue, 10)).toEqual({ type: 'TimePassed', through: seconds(10) });
  });
  test('with the time of the visibility watermark', () => {
    expect(decided(given(configured({ opensAt: seconds(10) })), 10, 4)).toEqual({
      type: 'TimePassed',
      through: seconds(4),
    });
  });
  test('before it holds the draw, so that the seed stays secret', () => {
    const queue = given(configuredWithDraw(), ...requestedByFans(3));
    expect(decided(queue, 9)).toBeUndefined();
    expect(decided(queue, 10)).toEqual({ type: 'TimePassed', through: seconds(10) });
  });
  test('and then holds the draw, before it calls entries', () => {
    const queue = given(configuredWithDraw(), ...requestedByFans(3), atSecond(10, timePassed(10)));
    expect(nextAdmissionAt(queue)).toBeLessThanOrEqual(seconds(10));
    expect(decided(queue, 10)).toEqual({ type: 'DrawHeld' });
    queue.apply(drawHeld(), { offset: 9, timestamp: seconds(10) });
    expect(decided(queue, 10)).toEqual({ type: 'EntriesAdmitted', through: 1 });
  });
  test('and holds the draw while the queue is paused or closed', () => {
    expect(decided(given(configuredWithDraw(), paused, closed, atSecond(10, timePassed(10))), 10)).toEqual({
      type: 'DrawHeld',
    });
  });
});
