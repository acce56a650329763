import { describe, expect, test } from '@jest/globals';
import {
  asks,
  at,
  calls,
  claims,
  closed,
  completes,
  configured,
  crowd,
  effects,
  given,
  hasLeft,
  isCalled,
  isIn,
  leaves,
  opened,
  passed,
  paused,
  policy,
  seconds,
  state,
  waits,
} from './concert-queue.fixtures.ts';

/** `ann` asks at offset 1 and is called at second 2: to be claimed by second 32. */
const called = [opened, ...isCalled];
/** Claimed at second 3: to be used by second 303. */
const active = [opened, ...isIn];

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
    const { queue, changes } = effects(...active, at(99, claims('ann', 1)));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.entryOf('ann')).toMatchObject({ activeUntil: seconds(303) });
  });
  test('by whoever only waits does nothing', () => {
    expect(state(given(opened, asks('ann'), claims('ann', 1)), 'ann')).toBe('WAITING');
  });
  test('is in time as long as the log has not said that time has passed', () => {
    expect(state(given(...called, at(999, claims('ann', 1))), 'ann')).toBe('ACTIVE');
  });
  test('after that is too late', () => {
    expect(state(given(...called, at(32, passed(32)), claims('ann', 1)), 'ann')).toBe('EXPIRED');
  });
  test('after leaving does nothing', () => {
    expect(state(given(...called, leaves('ann', 1), claims('ann', 1)), 'ann')).toBe('LEFT');
  });
});

describe('a completion', () => {
  test('ends the active entry and frees its slot', () => {
    const queue = given(...active, completes('ann', 1));
    expect(state(queue, 'ann')).toBe('COMPLETED');
    expect(queue.called).toBe(0);
  });
  test('said twice frees one slot', () => {
    const { queue, changes } = effects(...active, completes('ann', 1), completes('ann', 1));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.called).toBe(0);
  });
  test('without a claim does nothing', () => {
    expect(state(given(...called, completes('ann', 1)), 'ann')).toBe('READY');
  });
  test('that came after the expiry does nothing', () => {
    expect(state(given(...active, at(303, passed(303)), completes('ann', 1)), 'ann')).toBe('EXPIRED');
  });
});

describe('time that passed', () => {
  test.each([
    ['READY', called, 32],
    ['ACTIVE', active, 303],
  ])('expires whoever is %s from the very moment of the deadline, and not before', (before, events, deadline) => {
    expect(state(given(...events, at(deadline + 9, passed(deadline - 0.001))), 'ann')).toBe(before);
    expect(state(given(...events, at(deadline + 9, passed(deadline))), 'ann')).toBe('EXPIRED');
  });
  test('is no later than the log time of its own record', () => {
    expect(state(given(...called, at(31.999, passed(9_999))), 'ann')).toBe('READY');
    expect(state(given(...called, at(32, passed(9_999))), 'ann')).toBe('EXPIRED');
  });
  test('expires nobody for time that nobody vouches for', () => {
    expect(state(given(...called, at(9_999, passed(31))), 'ann')).toBe('READY');
  });
  test('is said by nothing else: no other record expires anyone', () => {
    const others = [asks('bo'), calls(9), paused, closed, configured(), leaves('bo', 3), claims('bo', 3)];
    expect(state(given(...called, at(9_999, asks('cy')), ...others), 'ann')).toBe('READY');
  });
  test('takes the deadline from the policy at the call, not from a later one', () => {
    const queue = given(...called, configured({ claimWindowSeconds: 1 }), at(20, passed(20)));
    expect(state(queue, 'ann')).toBe('READY');
  });
  test('frees the slot of whoever never came', () => {
    const queue = given(opened, ...crowd(3), calls(9), at(60, passed(60)), calls(9));
    expect(state(queue, 'fan 2')).toBe('READY');
  });
  test('goes on while the queue is paused or closed', () => {
    expect(state(given(...called, paused, closed, at(32, passed(32))), 'ann')).toBe('EXPIRED');
  });
  test('expires at most 500 in one event, the earliest deadlines first, the rest when said again', () => {
    const many = [configured({ capacity: 9_999 }), ...crowd(503), calls(3), calls(9_999)];
    const once = [...many, at(9_999, passed(9_999))];
    expect(given(...once).called).toBe(3);
    expect(['fan 0', 'fan 1', 'fan 2'].map((user) => state(given(...once), user))).toEqual(Array(3).fill('EXPIRED'));
    expect(given(...once, passed(9_999)).called).toBe(0);
  });
});

describe('the next deadline', () => {
  test('is that of the first who has to claim or to finish, whatever the order of the calls', () => {
    const shorter = configured({ claimWindowSeconds: 5 });
    expect(given(...called).nextDeadline()).toBe(seconds(32));
    expect(given(...called, shorter, asks('bo'), at(10, calls(9))).nextDeadline()).toBe(seconds(15));
    expect(given(...active).nextDeadline()).toBe(seconds(303));
  });
  test('is the forgetting of the oldest outcome when nobody is called', () => {
    const queue = given(opened, ...hasLeft);
    expect(queue.nextDeadline()).toBe(seconds(2 + policy.outcomeRetentionSeconds));
  });
  test('is never when there is nothing to come', () => {
    expect(given(opened, asks('ann')).nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('an outcome', () => {
  const kept = policy.outcomeRetentionSeconds;
  const left = [opened, ...hasLeft];

  test('is kept for as long as the policy says, then forgotten', () => {
    expect(state(given(...left, at(kept + 9, passed(kept + 1.999))), 'ann')).toBe('LEFT');
    const { queue, changes } = effects(...left, at(kept + 9, passed(kept + 2)));
    expect(changes.at(-1)).toEqual([{ state: 'PURGED', userId: 'ann' }]);
    expect(queue.entryOf('ann')).toBeUndefined();
  });
  test('counts from the end of the last life', () => {
    const again = [...left, at(100, asks('ann', 'y')), leaves('ann', 3)];
    expect(state(given(...again, at(kept + 50, passed(kept + 50))), 'ann')).toBe('LEFT');
  });
  test('of a refused request is kept and forgotten likewise', () => {
    const refused = [opened, closed, asks('ann')];
    expect(state(given(...refused, at(kept + 2, passed(kept + 2))), 'ann')).toBeUndefined();
  });
  test('that is forgotten lets even a late copy of the request in', () => {
    expect(state(given(...left, at(kept + 2, passed(kept + 2)), ...waits), 'ann')).toBe('WAITING');
  });
  test('is forgotten by the retention in force at that time', () => {
    const queue = given(...left, configured({ outcomeRetentionSeconds: 10 }), at(12, passed(12)));
    expect(state(queue, 'ann')).toBeUndefined();
  });
  test('is one of at most 500 that one event expires and forgets, expiry first', () => {
    const ended = [configured({ capacity: 9_999 }), ...crowd(400), calls(9_999), at(500, passed(500))];
    const next = [...Array.from({ length: 200 }, (_, k) => asks(`new ${k}`)), calls(9_999)];
    const queue = given(...ended, ...next, at(500 + kept, passed(500 + kept)));
    expect(queue.called).toBe(0);
    expect(queue.attributes().counts.kept).toBe(600 - 300);
    expect(state(queue, 'fan 299')).toBeUndefined();
    expect(state(queue, 'fan 300')).toBe('EXPIRED');
  });
});

describe('a record at or before the last one folded', () => {
  test('changes nothing, neither state nor time', () => {
    const queue = given(...called);
    expect(queue.apply(leaves('ann', 1), { offset: 2, timestamp: seconds(99) })).toEqual([]);
    expect(queue).toMatchObject({ offset: 2, time: seconds(2), called: 1 });
  });
});
