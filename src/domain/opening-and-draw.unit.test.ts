import { describe, expect, test } from '@jest/globals';
import {
  admittedUpTo,
  atSecond,
  changesOf,
  closed,
  configured,
  configuredWithDraw,
  drawHeld,
  given,
  leftBy,
  otherSeed,
  paused,
  policy,
  rejectionOf,
  requestedBy,
  requestedByFans,
  seconds,
  seed,
  sortedByTicket,
  stateOf,
  timePassed,
  waitingUsers,
} from './concert-queue.fixtures.ts';
import { FULL_REFRESH } from './types.ts';

describe('a queue opens', () => {
  const scheduled = configured({ opensAt: seconds(10) });

  test('with its first configuration if there is no opening time', () => {
    expect(given(configured()).opened).toBe(true);
  });
  test('with its first configuration if the opening time has passed', () => {
    expect(given(atSecond(11, scheduled)).attributes().openedAt).toBe(seconds(11));
  });
  test('with the first record at its time, which is applied to the open queue', () => {
    expect(stateOf(given(scheduled, atSecond(10, requestedBy('ann'))), 'ann')).toBe('WAITING');
  });
  test('not before its opening time', () => {
    expect(rejectionOf(given(scheduled, atSecond(9.999, requestedBy('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
  });
  test.each([
    ['a user who leaves', leftBy('nobody', 1)],
    ['a TimePassed event with an earlier time', timePassed(0)],
    ['a pause', paused],
    ['a close', closed],
    ['a draw without a commitment', drawHeld()],
    ['a policy with a later opening time', configured({ opensAt: seconds(99) })],
  ])('with any record: %s', (_, event) => {
    expect(given(scheduled, atSecond(12, event)).attributes().openedAt).toBe(seconds(12));
  });
  test('later if the opening time was postponed before it was reached', () => {
    const putOff = [scheduled, configured({ opensAt: seconds(20) })];
    expect(rejectionOf(given(...putOff, atSecond(15, requestedBy('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
    expect(stateOf(given(...putOff, atSecond(20, requestedBy('ann'))), 'ann')).toBe('WAITING');
  });
  test('earlier if the opening time was removed', () => {
    expect(stateOf(given(scheduled, configured(), requestedBy('ann')), 'ann')).toBe('WAITING');
  });
  test('once: later changes of its opening time or of `beforeOpening` have no effect', () => {
    const queue = given(configured(), configuredWithDraw({ opensAt: seconds(99) }), requestedBy('ann'));
    expect(queue.attributes()).toMatchObject({ openedAt: 0, draw: null });
    expect(stateOf(queue, 'ann')).toBe('WAITING');
  });
  test('at its time while it is paused or closed', () => {
    expect(given(scheduled, paused, closed, atSecond(10, timePassed(10))).opened).toBe(true);
  });
  test('once, while other parts of the policy apply from the next configuration on', () => {
    const queue = given(
      configured({ capacity: 1 }),
      ...requestedByFans(3),
      admittedUpTo(9),
      configured({ capacity: 3 }),
      admittedUpTo(9),
    );
    expect(queue.called).toBe(3);
  });
});

describe('log time', () => {
  test('never goes back if timestamps do', () => {
    const queue = given(atSecond(50, configured()), atSecond(40, requestedBy('ann')), atSecond(30, admittedUpTo(1)));
    expect(queue.time).toBe(seconds(50));
    expect(queue.entryOf('ann')).toMatchObject({ claimBy: seconds(50 + policy.claimWindowSeconds) });
  });
  test('keeps the queue open if timestamps go back', () => {
    const queue = given(
      configured({ opensAt: seconds(10) }),
      atSecond(10, timePassed(0)),
      atSecond(9, requestedBy('ann')),
    );
    expect(stateOf(queue, 'ann')).toBe('WAITING');
  });
});

describe('before an opening with a draw', () => {
  test('requests are registered', () => {
    expect(stateOf(given(configuredWithDraw(), requestedBy('ann')), 'ann')).toBe('REGISTERED');
  });
  test('no entry is called', () => {
    expect(given(configuredWithDraw(), requestedBy('ann'), admittedUpTo(9)).called).toBe(0);
  });
  test('registered users can leave and register again', () => {
    const queue = given(configuredWithDraw(), requestedBy('ann'), leftBy('ann', 1), requestedBy('ann', 'again'));
    expect(queue.entryOf('ann')).toMatchObject({ state: 'REGISTERED', offset: 3 });
  });
  test('the first commitment is final', () => {
    const queue = given(
      configuredWithDraw(),
      configuredWithDraw({}, otherSeed),
      requestedBy('ann'),
      atSecond(10, drawHeld(otherSeed)),
    );
    expect(queue.drawDue).toBe(true);
    queue.apply(drawHeld(seed), { offset: 9, timestamp: seconds(11) });
    expect(waitingUsers(queue)).toEqual(['ann']);
  });
  test('removing the draw keeps the registered entries in the draw, and rejects new requests', () => {
    const queue = given(
      configuredWithDraw(),
      requestedBy('ann'),
      configured({ opensAt: seconds(10) }),
      requestedBy('bo'),
      atSecond(10, drawHeld()),
    );
    expect(rejectionOf(queue, 'bo')).toBe('QUEUE_NOT_OPEN');
    expect(waitingUsers(queue)).toEqual(['ann']);
  });
});

describe('a draw', () => {
  const registered = [configuredWithDraw(), ...requestedByFans(9)];

  test('sorts the registered entries by their tickets', () => {
    const queue = given(...registered, atSecond(10, drawHeld()));
    const order = sortedByTicket([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(order);
    expect(order).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  test('assigns the offsets of the registered entries as places, smallest first', () => {
    const queue = given(...registered, leftBy('fan 3', 4), atSecond(10.5, drawHeld()));
    expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(sortedByTicket([1, 2, 3, 5, 6, 7, 8, 9]));
  });
  test('returns a full refresh', () => {
    expect(changesOf(...registered, atSecond(10, drawHeld())).changes.at(-1)).toBe(FULL_REFRESH);
  });
  test('keeps later requests behind the drawn entries, in their order', () => {
    const queue = given(
      ...registered,
      atSecond(10, requestedBy('late')),
      requestedBy('later'),
      drawHeld(),
      requestedBy('last'),
    );
    expect(waitingUsers(queue).slice(-3)).toEqual(['late', 'later', 'last']);
    expect(queue.entryOf('late')).toMatchObject({ place: 10 });
  });
  test('precedes every call, also of later requests', () => {
    const waiting = [...registered, atSecond(10, requestedBy('late')), admittedUpTo(99)];
    expect(given(...waiting)).toMatchObject({ called: 0, drawDue: true, canCall: false });
    expect(given(...waiting, drawHeld(), admittedUpTo(99))).toMatchObject({ called: 2, drawDue: false, canCall: true });
  });
  test('is held while the queue is paused or closed', () => {
    expect(given(...registered, paused, closed, atSecond(12, drawHeld())).waiting).toBe(9);
  });
  test('opens the queue if it is the first record at the opening', () => {
    expect(given(configuredWithDraw(), atSecond(10, drawHeld()))).toMatchObject({ opened: true, drawDue: false });
  });
  test('stores the seed in lower case', () => {
    expect(given(...registered, atSecond(10, drawHeld(seed.toUpperCase()))).draw?.seed).toBe(seed);
  });
  test.each([
    ['before the opening', [atSecond(9.999, drawHeld())]],
    ['with another seed', [atSecond(10, drawHeld(otherSeed))]],
    ['with characters after the seed', [atSecond(10, drawHeld(`${seed}zz`))]],
    ['with an empty seed', [atSecond(10, drawHeld(''))]],
  ])('has no effect %s', (_, events) => {
    const { queue, changes } = changesOf(...registered, ...events);
    expect(changes.at(-1)).toEqual([]);
    expect(queue.attributes().counts).toMatchObject({ registered: 9, waiting: 0 });
    expect(queue.draw?.seed).toBeNull();
  });
  test('has no effect a second time', () => {
    const once = given(...registered, atSecond(10, drawHeld()), requestedBy('late'));
    const { queue, changes } = changesOf(...registered, atSecond(10, drawHeld()), requestedBy('late'), drawHeld());
    expect(changes.at(-1)).toEqual([]);
    expect(waitingUsers(queue)).toEqual(waitingUsers(once));
  });
  test('has no effect without a commitment', () => {
    expect(changesOf(configured(), requestedBy('ann'), drawHeld()).changes.at(-1)).toEqual([]);
  });
});
