import { describe, expect, test } from '@jest/globals';
import {
  asks,
  at,
  byTicket,
  calls,
  closed,
  configured,
  crowd,
  drawing,
  draws,
  effects,
  given,
  leaves,
  line,
  otherSeed,
  passed,
  paused,
  policy,
  rejection,
  seconds,
  seed,
  state,
} from './concert-queue.fixtures.ts';
import { FULL_REFRESH } from './types.ts';

describe('a queue opens', () => {
  const scheduled = configured({ opensAt: seconds(10) });

  test('with its first configuration, if no time is set', () => {
    expect(given(configured()).opened).toBe(true);
  });
  test('with its first configuration, if the time set is over', () => {
    expect(given(at(11, scheduled)).attributes().openedAt).toBe(seconds(11));
  });
  test('with the first record at its time, which is judged after the opening', () => {
    expect(state(given(scheduled, at(10, asks('ann'))), 'ann')).toBe('WAITING');
  });
  test('not a moment earlier', () => {
    expect(rejection(given(scheduled, at(9.999, asks('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
  });
  test.each([
    ['someone leaving', leaves('nobody', 1)],
    ['time passing, whatever it vouches for', passed(0)],
    ['a pause', paused],
    ['a close', closed],
    ['a draw that was never promised', draws()],
    ['a policy that would have put it off', configured({ opensAt: seconds(99) })],
  ])('with any record: %s', (_, event) => {
    expect(given(scheduled, at(12, event)).attributes().openedAt).toBe(seconds(12));
  });
  test('later, if that was said in time', () => {
    const putOff = [scheduled, configured({ opensAt: seconds(20) })];
    expect(rejection(given(...putOff, at(15, asks('ann'))), 'ann')).toBe('QUEUE_NOT_OPEN');
    expect(state(given(...putOff, at(20, asks('ann'))), 'ann')).toBe('WAITING');
  });
  test('earlier, if that was said', () => {
    expect(state(given(scheduled, configured(), asks('ann')), 'ann')).toBe('WAITING');
  });
  test('once: afterwards neither its time nor how to begin change anything', () => {
    const queue = given(configured(), drawing({ opensAt: seconds(99) }), asks('ann'));
    expect(queue.attributes()).toMatchObject({ openedAt: 0, draw: null });
    expect(state(queue, 'ann')).toBe('WAITING');
  });
  test('at its time though it is paused or closed', () => {
    expect(given(scheduled, paused, closed, at(10, passed(10))).opened).toBe(true);
  });
  test('for all that else its policy says, from the next configuration on', () => {
    const queue = given(configured({ capacity: 1 }), ...crowd(3), calls(9), configured({ capacity: 3 }), calls(9));
    expect(queue.called).toBe(3);
  });
});

describe('log time', () => {
  test('never goes back, whatever a broker stamps', () => {
    const queue = given(at(50, configured()), at(40, asks('ann')), at(30, calls(1)));
    expect(queue.time).toBe(seconds(50));
    expect(queue.entryOf('ann')).toMatchObject({ claimBy: seconds(50 + policy.claimWindowSeconds) });
  });
  test('does not let a stamp that went back unmake the opening', () => {
    const queue = given(configured({ opensAt: seconds(10) }), at(10, passed(0)), at(9, asks('ann')));
    expect(state(queue, 'ann')).toBe('WAITING');
  });
});

describe('before an opening with a draw', () => {
  test('requests are registered', () => {
    expect(state(given(drawing(), asks('ann')), 'ann')).toBe('REGISTERED');
  });
  test('nobody is called', () => {
    expect(given(drawing(), asks('ann'), calls(9)).called).toBe(0);
  });
  test('the registered may leave, and register again', () => {
    const queue = given(drawing(), asks('ann'), leaves('ann', 1), asks('ann', 'again'));
    expect(queue.entryOf('ann')).toMatchObject({ state: 'REGISTERED', offset: 3 });
  });
  test('the first commitment stands, whatever is configured later', () => {
    const queue = given(drawing(), drawing({}, otherSeed), asks('ann'), at(10, draws(otherSeed)));
    expect(queue.drawDue).toBe(true);
    queue.apply(draws(seed), { offset: 9, timestamp: seconds(11) });
    expect(line(queue)).toEqual(['ann']);
  });
  test('a draw given up leaves the registered to be drawn, and registers nobody else', () => {
    const queue = given(drawing(), asks('ann'), configured({ opensAt: seconds(10) }), asks('bo'), at(10, draws()));
    expect(rejection(queue, 'bo')).toBe('QUEUE_NOT_OPEN');
    expect(line(queue)).toEqual(['ann']);
  });
});

describe('a draw', () => {
  const registered = [drawing(), ...crowd(9)];

  test('puts the registered in the order of their tickets', () => {
    const queue = given(...registered, at(10, draws()));
    const order = byTicket([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(order);
    expect(order).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  test('gives out the offsets of the registered as places, the smallest first', () => {
    const queue = given(...registered, leaves('fan 3', 4), at(10.5, draws()));
    expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect([...queue.waitingEntries()].map(({ offset }) => offset)).toEqual(byTicket([1, 2, 3, 5, 6, 7, 8, 9]));
  });
  test('reorders everything, and says so', () => {
    expect(effects(...registered, at(10, draws())).changes.at(-1)).toBe(FULL_REFRESH);
  });
  test('leaves latecomers behind, in the order of their requests', () => {
    const queue = given(...registered, at(10, asks('late')), asks('later'), draws(), asks('last'));
    expect(line(queue).slice(-3)).toEqual(['late', 'later', 'last']);
    expect(queue.entryOf('late')).toMatchObject({ place: 10 });
  });
  test('comes before anyone is called, latecomers too', () => {
    const waiting = [...registered, at(10, asks('late')), calls(99)];
    expect(given(...waiting)).toMatchObject({ called: 0, drawDue: true, canCall: false });
    expect(given(...waiting, draws(), calls(99))).toMatchObject({ called: 2, drawDue: false, canCall: true });
  });
  test('is held though the queue is paused or closed', () => {
    expect(given(...registered, paused, closed, at(12, draws())).waiting).toBe(9);
  });
  test('opens the queue if it is the first record at the opening', () => {
    expect(given(drawing(), at(10, draws()))).toMatchObject({ opened: true, drawDue: false });
  });
  test('reveals the seed in small letters, as it was computed', () => {
    expect(given(...registered, at(10, draws(seed.toUpperCase()))).draw?.seed).toBe(seed);
  });
  test.each([
    ['before the opening', [at(9.999, draws())]],
    ['with another seed', [at(10, draws(otherSeed))]],
    ['with something after the seed', [at(10, draws(`${seed}zz`))]],
    ['with no seed at all', [at(10, draws(''))]],
  ])('has no effect %s', (_, events) => {
    const { queue, changes } = effects(...registered, ...events);
    expect(changes.at(-1)).toEqual([]);
    expect(queue.attributes().counts).toMatchObject({ registered: 9, waiting: 0 });
    expect(queue.draw?.seed).toBeNull();
  });
  test('has no effect a second time', () => {
    const once = given(...registered, at(10, draws()), asks('late'));
    const { queue, changes } = effects(...registered, at(10, draws()), asks('late'), draws());
    expect(changes.at(-1)).toEqual([]);
    expect(line(queue)).toEqual(line(once));
  });
  test('has no effect where none was promised', () => {
    expect(effects(configured(), asks('ann'), draws()).changes.at(-1)).toEqual([]);
  });
});
