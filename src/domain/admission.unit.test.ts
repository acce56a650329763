import { describe, expect, test } from '@jest/globals';
import {
  admittedThrough,
  admittedUpTo,
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
  resumed,
  seconds,
  stateOf,
  waitingUsers,
} from './concert-queue.fixtures.ts';
import { MAX_CHANGES_PER_EVENT } from './types.ts';

describe('a call', () => {
  test('calls the entries up to its place, in order, and no others', () => {
    const { queue, changes } = changesOf(configured({ capacity: 9 }), ...requestedByFans(4), admittedUpTo(3));
    expect(changes.at(-1)).toMatchObject([{ userId: 'fan 0' }, { userId: 'fan 1' }, { userId: 'fan 2' }]);
    expect(waitingUsers(queue)).toEqual(['fan 3']);
  });
  test('sets a deadline: the claim window after the timestamp of its record', () => {
    expect(given(opened, requestedBy('ann'), atSecond(7, admittedUpTo(1))).entryOf('ann')).toEqual({
      state: 'READY',
      userId: 'ann',
      entryId: 'first of ann',
      offset: 1,
      place: 1,
      claimBy: seconds(7 + policy.claimWindowSeconds),
    });
  });
  test('never exceeds the capacity, however often it is repeated', () => {
    const queue = given(
      opened,
      ...requestedByFans(5),
      admittedUpTo(5),
      admittedUpTo(5),
      admittedUpTo(2),
      admittedUpTo(5),
    );
    expect(queue.called).toBe(2);
    expect(waitingUsers(queue)).toEqual(['fan 2', 'fan 3', 'fan 4']);
  });
  test('counts ACTIVE entries against the capacity', () => {
    const queue = given(opened, ...requestedByFans(3), admittedUpTo(2), claimedBy('fan 0', 1), admittedUpTo(9));
    expect(queue.attributes().counts).toMatchObject({ ready: 1, active: 1, waiting: 1 });
  });
  test('keeps called entries when the capacity is lowered, and calls no other entry until a slot is free', () => {
    const lowered = [
      configured({ capacity: 3 }),
      ...requestedByFans(5),
      admittedUpTo(3),
      configured({ capacity: 1 }),
      admittedUpTo(9),
    ];
    expect(given(...lowered).called).toBe(3);
    expect(given(...lowered, leftBy('fan 0', 1), leftBy('fan 1', 2), admittedUpTo(9)).called).toBe(1);
    expect(stateOf(given(...lowered, ...[0, 1, 2].map((k) => leftBy(`fan ${k}`, 9)), admittedUpTo(9)), 'fan 3')).toBe(
      'READY',
    );
  });
  test('calls at most 500 entries per event, and the rest when it is repeated', () => {
    const many = [configured({ capacity: 9_999 }), ...requestedByFans(MAX_CHANGES_PER_EVENT + 3), admittedUpTo(9_999)];
    expect(given(...many)).toMatchObject({ called: 500, waiting: 3 });
    expect(given(...many, admittedUpTo(9_999))).toMatchObject({ called: 503, waiting: 0 });
  });
  test('that was decided on an old state calls no entry behind its place', () => {
    const queue = given(
      opened,
      requestedBy('ann'),
      requestedBy('bo'),
      leftBy('ann', 1),
      admittedUpTo(1),
      admittedUpTo(1),
    );
    expect(waitingUsers(queue)).toEqual(['bo']);
  });
  test('from a second admission control with the same state calls no other entry', () => {
    const queue = given(
      configured({ capacity: 9 }),
      ...requestedByFans(5),
      admittedUpTo(2),
      admittedUpTo(2),
      claimedBy('fan 0', 1),
      admittedUpTo(2),
    );
    expect(queue.called).toBe(2);
  });
  test('from a second admission control does not change the order', () => {
    const queue = given(
      configured({ capacity: 9 }),
      ...requestedByFans(5),
      admittedUpTo(2),
      admittedUpTo(4),
      admittedUpTo(3),
    );
    expect(waitingUsers(queue)).toEqual(['fan 4']);
    expect(admittedThrough(queue)).toBe(4);
  });
  test.each([
    ['a pause', paused],
    ['a close', closed],
  ])('after %s calls no entry until the queue is resumed', (_, event) => {
    expect(given(opened, requestedBy('ann'), event, admittedUpTo(1)).called).toBe(0);
    expect(given(opened, requestedBy('ann'), event, admittedUpTo(1), resumed, admittedUpTo(1)).called).toBe(1);
  });
  test('before a pause or a close keeps its effect', () => {
    expect(given(opened, requestedBy('ann'), admittedUpTo(1), paused, closed).called).toBe(1);
  });
  test('ignores a negative place, and accepts one beyond all entries', () => {
    expect(given(opened, requestedBy('ann'), admittedUpTo(-7)).called).toBe(0);
    expect(given(opened, requestedBy('ann'), admittedUpTo(Number.MAX_SAFE_INTEGER)).called).toBe(1);
  });
});

describe('the highest place called', () => {
  test('is -1 before the first call', () => {
    expect(admittedThrough(given(opened, requestedBy('ann')))).toBe(-1);
  });
  test('is the place of the last called entry, not the place in the event', () => {
    expect(admittedThrough(given(opened, ...requestedByFans(3), admittedUpTo(9)))).toBe(2);
  });
  test('never falls, neither by a later call nor when entries leave', () => {
    const queue = given(
      opened,
      ...requestedByFans(3),
      admittedUpTo(9),
      leftBy('fan 0', 1),
      leftBy('fan 1', 2),
      admittedUpTo(1),
    );
    expect(admittedThrough(queue)).toBe(2);
  });
});

describe('while no entry can be called', () => {
  test.each([
    ['paused', paused],
    ['closed', closed],
  ])('because the queue is %s, users can still claim, complete and leave', (_, event) => {
    const queue = given(
      opened,
      ...requestedByFans(3),
      admittedUpTo(2),
      event,
      claimedBy('fan 0', 1),
      completedBy('fan 0', 1),
      leftBy('fan 2', 3),
    );
    expect(['fan 0', 'fan 1', 'fan 2'].map((user) => stateOf(queue, user))).toEqual(['COMPLETED', 'READY', 'LEFT']);
  });
  test('resuming ends both pause and close', () => {
    const queue = given(opened, paused, closed, resumed);
    expect(queue.attributes()).toMatchObject({ paused: false, closed: false });
    expect(queue.canCall).toBe(true);
  });
  test('a repeated pause, close or resume has no effect', () => {
    expect(
      given(opened, paused, paused, closed, closed, resumed, resumed, requestedBy('ann'), admittedUpTo(9)).called,
    ).toBe(1);
  });
});
