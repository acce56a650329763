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
  completedBy,
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

describe('a claim', () => {
  test('by whoever was called starts the active window', () => {
    expect(given(...active).entryOf('ann')).toEqual({
      state: 'ACTIVE',
      userId: 'ann',
      entryId: 'first of ann',
      offset: 1,
      place: 1,
      activeUntil: seconds(3 + policy.activeWindowSeconds),
    });
  });
  test('said again does not lengthen the active window', () => {
    const { queue, changes } = changesOf(...active, atSecond(99, claimedBy('ann', 1)));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.entryOf('ann')).toMatchObject({ activeUntil: seconds(303) });
  });
  test('by whoever only waits does nothing', () => {
    expect(stateOf(given(opened, requestedBy('ann'), claimedBy('ann', 1)), 'ann')).toBe('WAITING');
  });
  test('is in time as long as the log has not said that time has passed', () => {
    expect(stateOf(given(...called, atSecond(999, claimedBy('ann', 1))), 'ann')).toBe('ACTIVE');
  });
  test('after that is too late', () => {
    expect(stateOf(given(...called, atSecond(32, timePassed(32)), claimedBy('ann', 1)), 'ann')).toBe('EXPIRED');
  });
  test('after leaving does nothing', () => {
    expect(stateOf(given(...called, leftBy('ann', 1), claimedBy('ann', 1)), 'ann')).toBe('LEFT');
  });
});

describe('a completion', () => {
  test('ends the active entry and frees its slot', () => {
    const queue = given(...active, completedBy('ann', 1));
    expect(stateOf(queue, 'ann')).toBe('COMPLETED');
    expect(queue.called).toBe(0);
  });
  test('said twice frees one slot', () => {
    const { queue, changes } = changesOf(...active, completedBy('ann', 1), completedBy('ann', 1));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.called).toBe(0);
  });
  test('without a claim does nothing', () => {
    expect(stateOf(given(...called, completedBy('ann', 1)), 'ann')).toBe('READY');
  });
  test('that came after the expiry does nothing', () => {
    expect(stateOf(given(...active, atSecond(303, timePassed(303)), completedBy('ann', 1)), 'ann')).toBe('EXPIRED');
  });
});

describe('time that passed', () => {
  test.each([
    ['READY', called, 32],
    ['ACTIVE', active, 303],
  ])('expires whoever is %s from the very moment of the deadline, and not before', (before, events, deadline) => {
    expect(stateOf(given(...events, atSecond(deadline + 9, timePassed(deadline - 0.001))), 'ann')).toBe(before);
    expect(stateOf(given(...events, atSecond(deadline + 9, timePassed(deadline))), 'ann')).toBe('EXPIRED');
  });
  test('is no later than the log time of its own record', () => {
    expect(stateOf(given(...called, atSecond(31.999, timePassed(9_999))), 'ann')).toBe('READY');
    expect(stateOf(given(...called, atSecond(32, timePassed(9_999))), 'ann')).toBe('EXPIRED');
  });
  test('expires nobody for time that nobody vouches for', () => {
    expect(stateOf(given(...called, atSecond(9_999, timePassed(31))), 'ann')).toBe('READY');
  });
  test('is said by nothing else: no other record expires anyone', () => {
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
  test('takes the deadline from the policy at the call, not from a later one', () => {
    const queue = given(...called, configured({ claimWindowSeconds: 1 }), atSecond(20, timePassed(20)));
    expect(stateOf(queue, 'ann')).toBe('READY');
  });
  test('frees the slot of whoever never came', () => {
    const queue = given(opened, ...requestedByFans(3), admittedUpTo(9), atSecond(60, timePassed(60)), admittedUpTo(9));
    expect(stateOf(queue, 'fan 2')).toBe('READY');
  });
  test('goes on while the queue is paused or closed', () => {
    expect(stateOf(given(...called, paused, closed, atSecond(32, timePassed(32))), 'ann')).toBe('EXPIRED');
  });
  test('expires at most 500 in one event, the earliest deadlines first, the rest when said again', () => {
    const many = [configured({ capacity: 9_999 }), ...requestedByFans(503), admittedUpTo(3), admittedUpTo(9_999)];
    const once = [...many, atSecond(9_999, timePassed(9_999))];
    expect(given(...once).called).toBe(3);
    expect(['fan 0', 'fan 1', 'fan 2'].map((user) => stateOf(given(...once), user))).toEqual(Array(3).fill('EXPIRED'));
    expect(given(...once, timePassed(9_999)).called).toBe(0);
  });
});

describe('the next deadline', () => {
  test('is that of the first who has to claim or to finish, whatever the order of the calls', () => {
    const shorter = configured({ claimWindowSeconds: 5 });
    expect(given(...called).nextDeadline()).toBe(seconds(32));
    expect(given(...called, shorter, requestedBy('bo'), atSecond(10, admittedUpTo(9))).nextDeadline()).toBe(
      seconds(15),
    );
    expect(given(...active).nextDeadline()).toBe(seconds(303));
  });
  test('is the forgetting of the oldest outcome when nobody is called', () => {
    const queue = given(opened, ...annHasLeft);
    expect(queue.nextDeadline()).toBe(seconds(2 + policy.outcomeRetentionSeconds));
  });
  test('is never when there is nothing to come', () => {
    expect(given(opened, requestedBy('ann')).nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('an outcome', () => {
  const kept = policy.outcomeRetentionSeconds;
  const left = [opened, ...annHasLeft];

  test('is kept for as long as the policy says, then forgotten', () => {
    expect(stateOf(given(...left, atSecond(kept + 9, timePassed(kept + 1.999))), 'ann')).toBe('LEFT');
    const { queue, changes } = changesOf(...left, atSecond(kept + 9, timePassed(kept + 2)));
    expect(changes.at(-1)).toEqual([{ state: 'PURGED', userId: 'ann' }]);
    expect(queue.entryOf('ann')).toBeUndefined();
  });
  test('counts from the end of the last life', () => {
    const again = [...left, atSecond(100, requestedBy('ann', 'y')), leftBy('ann', 3)];
    expect(stateOf(given(...again, atSecond(kept + 50, timePassed(kept + 50))), 'ann')).toBe('LEFT');
  });
  test('of a refused request is kept and forgotten likewise', () => {
    const refused = [opened, closed, requestedBy('ann')];
    expect(stateOf(given(...refused, atSecond(kept + 2, timePassed(kept + 2))), 'ann')).toBeUndefined();
  });
  test('that is forgotten lets even a late copy of the request in', () => {
    expect(stateOf(given(...left, atSecond(kept + 2, timePassed(kept + 2)), ...annWaits), 'ann')).toBe('WAITING');
  });
  test('is forgotten by the retention in force at that time', () => {
    const queue = given(...left, configured({ outcomeRetentionSeconds: 10 }), atSecond(12, timePassed(12)));
    expect(stateOf(queue, 'ann')).toBeUndefined();
  });
  test('is one of at most 500 that one event expires and forgets, expiry first', () => {
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
  test('changes nothing, neither state nor time', () => {
    const queue = given(...called);
    expect(queue.apply(leftBy('ann', 1), { offset: 2, timestamp: seconds(99) })).toEqual([]);
    expect(queue).toMatchObject({ offset: 2, time: seconds(2), called: 1 });
  });
});
