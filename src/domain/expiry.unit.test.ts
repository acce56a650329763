import { describe, expect, test } from '@jest/globals';
import {
  admittedUpTo,
  annHasLeft,
  annIsActive,
  annIsReady,
  annWaits,
  atSecond,
  changesOf,
  claimedBy,
  closed,
  configured,
  given,
  leftBy,
  opened,
  paused,
  policy,
  requestedBy,
  requestedByFans,
  seconds,
  stateOf,
  timePassed,
} from './concert-queue.fixtures.ts';

/** `ann` asks at offset 1 and is called at second 2: to be claimed by second 32. */
const called = [opened, ...annIsReady];
/** Claimed at second 3: to be used by second 303. */
const active = [opened, ...annIsActive];

describe('TimePassed', () => {
  test.each([
    ['READY', called, 32],
    ['ACTIVE', active, 303],
  ])('expires a %s entry at its deadline, and not before', (before, events, deadline) => {
    expect(stateOf(given(...events, atSecond(deadline + 9, timePassed(deadline - 0.001))), 'ann')).toBe(before);
    expect(stateOf(given(...events, atSecond(deadline + 9, timePassed(deadline))), 'ann')).toBe('EXPIRED');
  });
  test('has no effect beyond the timestamp of its own record', () => {
    expect(stateOf(given(...called, atSecond(31.999, timePassed(9_999))), 'ann')).toBe('READY');
    expect(stateOf(given(...called, atSecond(32, timePassed(9_999))), 'ann')).toBe('EXPIRED');
  });
  test('expires no entry after its `through`', () => {
    expect(stateOf(given(...called, atSecond(9_999, timePassed(31))), 'ann')).toBe('READY');
  });
  test('is the only event that expires entries', () => {
    const others = [
      requestedBy('bo'),
      admittedUpTo(9),
      paused,
      closed,
      configured(),
      leftBy('bo', 3),
      claimedBy('bo', 3),
    ];
    expect(stateOf(given(...called, atSecond(9_999, requestedBy('cy')), ...others), 'ann')).toBe('READY');
  });
  test('applies the claim window of the policy at the time of the call', () => {
    const queue = given(...called, configured({ claimWindowSeconds: 1 }), atSecond(20, timePassed(20)));
    expect(stateOf(queue, 'ann')).toBe('READY');
  });
  test('frees the slots of entries that were not claimed', () => {
    const queue = given(opened, ...requestedByFans(3), admittedUpTo(9), atSecond(60, timePassed(60)), admittedUpTo(9));
    expect(stateOf(queue, 'fan 2')).toBe('READY');
  });
  test('expires entries while the queue is paused or closed', () => {
    expect(stateOf(given(...called, paused, closed, atSecond(32, timePassed(32))), 'ann')).toBe('EXPIRED');
  });
  test('expires at most 500 entries per event, earliest deadlines first, and the rest when it is repeated', () => {
    const many = [configured({ capacity: 9_999 }), ...requestedByFans(503), admittedUpTo(3), admittedUpTo(9_999)];
    const once = [...many, atSecond(9_999, timePassed(9_999))];
    expect(given(...once).called).toBe(3);
    expect(['fan 0', 'fan 1', 'fan 2'].map((user) => stateOf(given(...once), user))).toEqual(Array(3).fill('EXPIRED'));
    expect(given(...once, timePassed(9_999)).called).toBe(0);
  });
});

describe('the next deadline', () => {
  test('is the earliest of all READY and ACTIVE entries, whatever the order of the calls', () => {
    const shorter = configured({ claimWindowSeconds: 5 });
    expect(given(...called).nextDeadline()).toBe(seconds(32));
    expect(given(...called, shorter, requestedBy('bo'), atSecond(10, admittedUpTo(9))).nextDeadline()).toBe(
      seconds(15),
    );
    expect(given(...active).nextDeadline()).toBe(seconds(303));
  });
  test('is the purge of the oldest outcome if no entry is READY or ACTIVE', () => {
    const queue = given(opened, ...annHasLeft);
    expect(queue.nextDeadline()).toBe(seconds(2 + policy.outcomeRetentionSeconds));
  });
  test('is Infinity if there is neither', () => {
    expect(given(opened, requestedBy('ann')).nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('an outcome', () => {
  const kept = policy.outcomeRetentionSeconds;
  const left = [opened, ...annHasLeft];

  test('is purged after the retention time', () => {
    expect(stateOf(given(...left, atSecond(kept + 9, timePassed(kept + 1.999))), 'ann')).toBe('LEFT');
    const { queue, changes } = changesOf(...left, atSecond(kept + 9, timePassed(kept + 2)));
    expect(changes.at(-1)).toEqual([{ state: 'PURGED', userId: 'ann' }]);
    expect(queue.entryOf('ann')).toBeUndefined();
  });
  test('is kept from the end of the last entry', () => {
    const again = [...left, atSecond(100, requestedBy('ann', 'y')), leftBy('ann', 3)];
    expect(stateOf(given(...again, atSecond(kept + 50, timePassed(kept + 50))), 'ann')).toBe('LEFT');
  });
  test('of a rejected request is purged after the same time', () => {
    const refused = [opened, closed, requestedBy('ann')];
    expect(stateOf(given(...refused, atSecond(kept + 2, timePassed(kept + 2))), 'ann')).toBeUndefined();
  });
  test('does not block a late copy of the request after its purge', () => {
    expect(stateOf(given(...left, atSecond(kept + 2, timePassed(kept + 2)), ...annWaits), 'ann')).toBe('WAITING');
  });
  test('is purged by the retention time of the current policy', () => {
    const queue = given(...left, configured({ outcomeRetentionSeconds: 10 }), atSecond(12, timePassed(12)));
    expect(stateOf(queue, 'ann')).toBeUndefined();
  });
  test('counts toward the 500 changes of one event, after the expired entries', () => {
    const ended = [
      configured({ capacity: 9_999 }),
      ...requestedByFans(400),
      admittedUpTo(9_999),
      atSecond(500, timePassed(500)),
    ];
    const next = [...Array.from({ length: 200 }, (_, k) => requestedBy(`new ${k}`)), admittedUpTo(9_999)];
    const queue = given(...ended, ...next, atSecond(500 + kept, timePassed(500 + kept)));
    expect(queue.called).toBe(0);
    expect(queue.attributes().counts.kept).toBe(600 - 300);
    expect(stateOf(queue, 'fan 299')).toBeUndefined();
    expect(stateOf(queue, 'fan 300')).toBe('EXPIRED');
  });
});

describe('a record at or before the last one folded', () => {
  test('changes neither state nor time', () => {
    const queue = given(...called);
    expect(queue.apply(leftBy('ann', 1), { offset: 2, timestamp: seconds(99) })).toEqual([]);
    expect(queue).toMatchObject({ offset: 2, time: seconds(2), called: 1 });
  });
});
