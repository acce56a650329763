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

  test('with its first configuration, if no time is set', () => {
    expect(given(configured()).opened).toBe(true);
  });
  test('with its first configuration, if the time set is over', () => {
    expect(given(atSecond(11, scheduled)).attributes().openedAt).toBe(seconds(11));
  });
  test('with the first record at its time, which is judged after the opening', () => {
    expect(stateOf(given(scheduled, atSecond(10, requestedBy('ann'))), 'ann')).toBe('WAITING');
  });
  test('not a moment earlier', () => {
    expect(rejectionOf(given(scheduled, atSecond(9.999, requestedBy('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
  });
  test.each([
    ['someone leaving', leftBy('nobody', 1)],
    ['time passing, whatever it vouches for', timePassed(0)],
    ['a pause', paused],
    ['a close', closed],
    ['a draw that was never promised', drawHeld()],
    ['a policy that would have put it off', configured({ opensAt: seconds(99) })],
  ])('with any record: %s', (_, event) => {
    expect(given(scheduled, atSecond(12, event)).attributes().openedAt).toBe(seconds(12));
  });
  test('later, if that was said in time', () => {
    const putOff = [scheduled, configured({ opensAt: seconds(20) })];
    expect(rejectionOf(given(...putOff, atSecond(15, requestedBy('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
    expect(stateOf(given(...putOff, atSecond(20, requestedBy('ann'))), 'ann')).toBe('WAITING');
  });
  test('earlier, if that was said', () => {
    expect(stateOf(given(scheduled, configured(), requestedBy('ann')), 'ann')).toBe('WAITING');
  });
  test('once: afterwards neither its time nor how to begin change anything', () => {
    const queue = given(configured(), configuredWithDraw({ opensAt: seconds(99) }), requestedBy('ann'));
    expect(queue.attributes()).toMatchObject({ openedAt: 0, draw: null });
    expect(stateOf(queue, 'ann')).toBe('WAITING');
  });
  test('at its time though it is paused or closed', () => {
    expect(given(scheduled, paused, closed, atSecond(10, timePassed(10))).opened).toBe(true);
  });
  test('for all that else its policy says, from the next configuration on', () => {
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
  test('never goes back, whatever a broker stamps', () => {
    const queue = given(atSecond(50, configured()), atSecond(40, requestedBy('ann')), atSecond(30, admittedUpTo(1)));
    expect(queue.time).toBe(seconds(50));
    expect(queue.entryOf('ann')).toMatchObject({ claimBy: seconds(50 + policy.claimWindowSeconds) });
  });
  test('does not let a stamp that went back unmake the opening', () => {
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
  test('nobody is called', () => {
    expect(given(configuredWithDraw(), requestedBy('ann'), admittedUpTo(9)).called).toBe(0);
  });
  test('the registered may leave, and register again', () => {
    const queue = given(configuredWithDraw(), requestedBy('ann'), leftBy('ann', 1), requestedBy('ann', 'again'));
    expect(queue.entryOf('ann')).toMatchObject({ state: 'REGISTERED', offset: 3 });
  });
  test('the first commitment stands, whatever is configured later', () => {
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
  test('a draw given up leaves the registered to be drawn, and registers nobody else', () => {
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

  test('puts the registered in the order of their tickets', () => {
    const queue = given(...registered, atSecond(10, drawHeld()));
    const order = sortedByTicket([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(order);
    expect(order).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  test('gives out the offsets of the registered as places, the smallest first', () => {
    const queue = given(...registered, leftBy('fan 3', 4), atSecond(10.5, drawHeld()));
    expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(sortedByTicket([1, 2, 3, 5, 6, 7, 8, 9]));
  });
  test('reorders everything, and says so', () => {
    expect(changesOf(...registered, atSecond(10, drawHeld())).changes.at(-1)).toBe(FULL_REFRESH);
  });
  test('leaves latecomers behind, in the order of their requests', () => {
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
  test('comes before anyone is called, latecomers too', () => {
    const waiting = [...registered, atSecond(10, requestedBy('late')), admittedUpTo(99)];
    expect(given(...waiting)).toMatchObject({ called: 0, drawDue: true, canCall: false });
    expect(given(...waiting, drawHeld(), admittedUpTo(99))).toMatchObject({ called: 2, drawDue: false, canCall: true });
  });
  test('is held though the queue is paused or closed', () => {
    expect(given(...registered, paused, closed, atSecond(12, drawHeld())).waiting).toBe(9);
  });
  test('opens the queue if it is the first record at the opening', () => {
    expect(given(configuredWithDraw(), atSecond(10, drawHeld()))).toMatchObject({ opened: true, drawDue: false });
  });
  test('reveals the seed in small letters, as it was computed', () => {
    expect(given(...registered, atSecond(10, drawHeld(seed.toUpperCase()))).draw?.seed).toBe(seed);
  });
  test.each([
    ['before the opening', [atSecond(9.999, drawHeld())]],
    ['with another seed', [atSecond(10, drawHeld(otherSeed))]],
    ['with something after the seed', [atSecond(10, drawHeld(`${seed}zz`))]],
    ['with no seed at all', [atSecond(10, drawHeld(''))]],
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
  test('has no effect where none was promised', () => {
    expect(changesOf(configured(), requestedBy('ann'), drawHeld()).changes.at(-1)).toEqual([]);
  });
});
