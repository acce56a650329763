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
  test('goes to everyone up to the place it names, front first, and no further', () => {
    const { queue, changes } = changesOf(configured({ capacity: 9 }), ...requestedByFans(4), admittedUpTo(3));
    expect(changes.at(-1)).toMatchObject([{ userId: 'fan 0' }, { userId: 'fan 1' }, { userId: 'fan 2' }]);
    expect(waitingUsers(queue)).toEqual(['fan 3']);
  });
  test('has to be claimed within the claim window of the moment the log took it', () => {
    expect(given(opened, requestedBy('ann'), atSecond(7, admittedUpTo(1))).entryOf('ann')).toEqual({
      state: 'READY',
      userId: 'ann',
      entryId: 'first of ann',
      offset: 1,
      place: 1,
      claimBy: seconds(7 + policy.claimWindowSeconds),
    });
  });
  test('never goes beyond the capacity, however often and by however many it is said', () => {
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
  test('counts the ACTIVE against the capacity as well', () => {
    const queue = given(opened, ...requestedByFans(3), admittedUpTo(2), claimedBy('fan 0', 1), admittedUpTo(9));
    expect(queue.attributes().counts).toMatchObject({ ready: 1, active: 1, waiting: 1 });
  });
  test('recalls nobody when the capacity was lowered, and goes to nobody until there is room again', () => {
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
  test('goes to at most 500 in one event, to the rest when it is said again', () => {
    const many = [configured({ capacity: 9_999 }), ...requestedByFans(MAX_CHANGES_PER_EVENT + 3), admittedUpTo(9_999)];
    expect(given(...many)).toMatchObject({ called: 500, waiting: 3 });
    expect(given(...many, admittedUpTo(9_999))).toMatchObject({ called: 503, waiting: 0 });
  });
  test('decided on an old state calls nobody behind the place it names', () => {
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
  test('of a second admitter who saw the same state calls nobody else', () => {
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
  test('of one admitter between two of another changes the order of nothing', () => {
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
  ])('that lost the race against %s goes to nobody, until resumed', (_, event) => {
    expect(given(opened, requestedBy('ann'), event, admittedUpTo(1)).called).toBe(0);
    expect(given(opened, requestedBy('ann'), event, admittedUpTo(1), resumed, admittedUpTo(1)).called).toBe(1);
  });
  test('that won the race against a pause or a close stands', () => {
    expect(given(opened, requestedBy('ann'), admittedUpTo(1), paused, closed).called).toBe(1);
  });
  test('does not go to a place below zero, nor fail on one beyond all', () => {
    expect(given(opened, requestedBy('ann'), admittedUpTo(-7)).called).toBe(0);
    expect(given(opened, requestedBy('ann'), admittedUpTo(Number.MAX_SAFE_INTEGER)).called).toBe(1);
  });
});

describe('the highest place called', () => {
  test('is -1 before the first call', () => {
    expect(admittedThrough(given(opened, requestedBy('ann')))).toBe(-1);
  });
  test('is the place of the last one called, not what the call named', () => {
    expect(admittedThrough(given(opened, ...requestedByFans(3), admittedUpTo(9)))).toBe(2);
  });
  test('never falls, neither by a later call nor by anyone leaving', () => {
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

describe('while nobody is called', () => {
  test.each([
    ['paused', paused],
    ['closed', closed],
  ])('because the queue is %s, claims, completions and leaving go on', (_, event) => {
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
  test('resuming clears pause and close together', () => {
    const queue = given(opened, paused, closed, resumed);
    expect(queue.attributes()).toMatchObject({ paused: false, closed: false });
    expect(queue.canCall).toBe(true);
  });
  test('repeating pause, close or resume is harmless', () => {
    expect(
      given(opened, paused, paused, closed, closed, resumed, resumed, requestedBy('ann'), admittedUpTo(9)).called,
    ).toBe(1);
  });
});
