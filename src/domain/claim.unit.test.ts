import { describe, expect, test } from '@jest/globals';
import {
  annIsActive,
  annIsReady,
  atSecond,
  changesOf,
  claimedBy,
  completedBy,
  given,
  leftBy,
  opened,
  policy,
  requestedBy,
  seconds,
  stateOf,
  timePassed,
} from './concert-queue.fixtures.ts';

/** `ann` requests entry at offset 1 and is called at second 2; her claim window ends at second 32. */
const called = [opened, ...annIsReady];
/** Claimed at second 3; the active window ends at second 303. */
const active = [opened, ...annIsActive];

describe('a claim', () => {
  test('of a READY entry starts the active window', () => {
    expect(given(...active).entryOf('ann')).toEqual({
      state: 'ACTIVE',
      userId: 'ann',
      entryId: 'first of ann',
      offset: 1,
      place: 1,
      activeUntil: seconds(3 + policy.activeWindowSeconds),
    });
  });
  test('that is repeated does not extend the active window', () => {
    const { queue, changes } = changesOf(...active, atSecond(99, claimedBy('ann', 1)));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.entryOf('ann')).toMatchObject({ activeUntil: seconds(303) });
  });
  test('of a waiting entry has no effect', () => {
    expect(stateOf(given(opened, requestedBy('ann'), claimedBy('ann', 1)), 'ann')).toBe('WAITING');
  });
  test('is in time before the `TimePassed` event, even after the deadline', () => {
    expect(stateOf(given(...called, atSecond(999, claimedBy('ann', 1))), 'ann')).toBe('ACTIVE');
  });
  test('after the expiry has no effect', () => {
    expect(stateOf(given(...called, atSecond(32, timePassed(32)), claimedBy('ann', 1)), 'ann')).toBe('EXPIRED');
  });
  test('after leaving has no effect', () => {
    expect(stateOf(given(...called, leftBy('ann', 1), claimedBy('ann', 1)), 'ann')).toBe('LEFT');
  });
});

describe('a completion', () => {
  test('ends the active entry and frees its slot', () => {
    const queue = given(...active, completedBy('ann', 1));
    expect(stateOf(queue, 'ann')).toBe('COMPLETED');
    expect(queue.called).toBe(0);
  });
  test('that is repeated frees one slot', () => {
    const { queue, changes } = changesOf(...active, completedBy('ann', 1), completedBy('ann', 1));
    expect(changes.at(-1)).toEqual([]);
    expect(queue.called).toBe(0);
  });
  test('of an unclaimed entry has no effect', () => {
    expect(stateOf(given(...called, completedBy('ann', 1)), 'ann')).toBe('READY');
  });
  test('after the expiry has no effect', () => {
    expect(stateOf(given(...active, atSecond(303, timePassed(303)), completedBy('ann', 1)), 'ann')).toBe('EXPIRED');
  });
});
