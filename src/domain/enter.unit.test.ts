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
  disqualifies,
  drawing,
  effects,
  given,
  hasBought,
  hasLeft,
  isCalled,
  isIn,
  leaves,
  line,
  opened,
  passed,
  paused,
  rejection,
  resumed,
  seconds,
  state,
  waits,
} from './concert-queue.fixtures.ts';

describe('whoever asks for a place', () => {
  test('waits in the order in which the log took the requests', () => {
    expect(line(given(opened, asks('ann'), asks('bo'), asks('cy')))).toEqual(['ann', 'bo', 'cy']);
  });
  test('has the offset of the request as place and receipt', () => {
    expect(given(opened, asks('ann'), asks('bo')).entryOf('bo')).toMatchObject({ offset: 2, place: 2 });
  });
  test('is told with one whole life', () => {
    const { changes } = effects(opened, asks('ann', 'x'));
    expect(changes).toEqual([[{ state: 'WAITING', userId: 'ann', entryId: 'x', offset: 1, place: 1 }]]);
  });
  test('keeps the first place when asking twice', () => {
    const { queue, changes } = effects(opened, asks('ann'), asks('bo'), asks('ann', 'again'));
    expect(line(queue)).toEqual(['ann', 'bo']);
    expect(changes.at(-1)).toEqual([]);
  });
  test.each([
    ['REGISTERED', given(drawing(), asks('ann'), asks('ann', 'again'))],
    ['READY', given(opened, ...isCalled, asks('ann', 'again'))],
    ['ACTIVE', given(opened, ...isIn, asks('ann', 'again'))],
  ])('stays %s when asking again', (expected, queue) => {
    expect(queue.entryOf('ann')).toMatchObject({ state: expected, offset: 1 });
  });
  test('may be called anything', () => {
    const queue = given(opened, asks('__proto__'), asks('constructor'), asks(''));
    expect(line(queue)).toEqual(['__proto__', 'constructor', '']);
  });
});

describe('whoever is gone and asks again', () => {
  test.each([
    ['left', hasLeft],
    ['completed', hasBought],
    ['expired', [...isCalled, at(60, passed(60))]],
  ])('having %s, goes to the back', (_, entry) => {
    const queue = given(opened, ...entry, asks('bo'), asks('ann', 'again'));
    expect(line(queue)).toEqual(['bo', 'ann']);
    expect(queue.entryOf('ann')).toMatchObject({ entryId: 'again', offset: entry.length + 2 });
  });
  test.each([
    ['left', hasLeft, 'LEFT'],
    ['completed', hasBought, 'COMPLETED'],
    ['expired', [...isCalled, at(60, passed(60))], 'EXPIRED'],
    ['been disqualified', [...waits, disqualifies('ann')], 'DISQUALIFIED'],
    ['been refused', [closed, ...waits, resumed], 'REJECTED'],
  ])('having %s, is not revived by a late copy of the request', (_, entry, expected) => {
    const { queue, changes } = effects(opened, ...entry, ...waits);
    expect(state(queue, 'ann')).toBe(expected);
    expect(changes.at(-1)).toEqual([]);
  });
  test('is revived by a copy of a request older than the last', () => {
    const asked = [asks('ann', 'x'), leaves('ann', 1), asks('ann', 'y'), leaves('ann', 3)];
    expect(state(given(opened, ...asked, asks('ann', 'x')), 'ann')).toBe('WAITING');
  });
});

describe('a token', () => {
  const twice = [opened, ...hasLeft, asks('ann', 'again')];

  test('of an earlier life cannot end the present one', () => {
    expect(state(given(...twice, leaves('ann', 1)), 'ann')).toBe('WAITING');
  });
  test('of an earlier life can neither claim nor complete the present one', () => {
    expect(state(given(...twice, calls(9), claims('ann', 1)), 'ann')).toBe('READY');
    expect(state(given(...twice, calls(9), claims('ann', 3), completes('ann', 1)), 'ann')).toBe('ACTIVE');
  });
  test('of a repeated request, later than the entry, is as good as the first', () => {
    expect(state(given(opened, asks('ann'), asks('ann', 'again'), leaves('ann', 2)), 'ann')).toBe('LEFT');
  });
  test('of someone who never asked does nothing', () => {
    const { queue, changes } = effects(opened, leaves('ann', 5), claims('ann', 5), completes('ann', 5));
    expect(changes).toEqual([[], [], []]);
    expect(queue.entryOf('ann')).toBeUndefined();
  });
});

describe('a request is refused', () => {
  const refused = (...events: Parameters<typeof given>) => rejection(given(...events), 'ann');

  test('before an opening without a draw', () => {
    expect(refused(configured({ opensAt: seconds(10) }), asks('ann'))).toBe('QUEUE_NOT_OPEN');
  });
  test('before an opening for whose draw no commitment was made', () => {
    const uncommitted = configured({ opensAt: seconds(10), beforeOpening: 'draw' });
    expect(refused(uncommitted, asks('ann'))).toBe('QUEUE_NOT_OPEN');
  });
  test('while the queue is closed', () => {
    expect(refused(opened, closed, asks('ann'))).toBe('QUEUE_CLOSED');
  });
  test('when as many wait as may', () => {
    const queue = given(configured({ maximumWaiting: 2 }), asks('bo'), asks('cy'), asks('ann'));
    expect(rejection(queue, 'ann')).toBe('QUEUE_FULL');
    expect(line(queue)).toEqual(['bo', 'cy']);
  });
  test('when as many are registered as may', () => {
    expect(refused(drawing({ maximumWaiting: 1 }), asks('bo'), asks('ann'))).toBe('QUEUE_FULL');
  });
  test('when registered and waiting together are as many as may', () => {
    expect(refused(drawing({ maximumWaiting: 2 }), asks('bo'), at(10, asks('cy')), asks('ann'))).toBe('QUEUE_FULL');
  });
  test('from whoever was disqualified', () => {
    expect(refused(opened, disqualifies('ann'), asks('ann'))).toBe('DISQUALIFIED');
  });
  test('and the refusal is kept as the outcome', () => {
    expect(given(opened, closed, asks('ann', 'x')).entryOf('ann')).toEqual({
      state: 'REJECTED',
      userId: 'ann',
      entryId: 'x',
      offset: 2,
      place: 2,
      reason: 'QUEUE_CLOSED',
      endedAt: seconds(2),
    });
  });
  test('and asking again is judged anew', () => {
    const queue = given(opened, closed, asks('ann'), asks('ann', 'again'), resumed, asks('ann', 'at last'));
    expect(queue.entryOf('ann')).toMatchObject({ state: 'WAITING', offset: 5 });
  });
  test('for disqualification before close, for close before the opening, for the opening before the limit', () => {
    const scheduled = configured({ opensAt: seconds(99), maximumWaiting: 1 });
    expect(refused(scheduled, disqualifies('ann'), closed, asks('ann'))).toBe('DISQUALIFIED');
    expect(refused(scheduled, closed, asks('ann'))).toBe('QUEUE_CLOSED');
    expect(refused(scheduled, asks('ann'))).toBe('QUEUE_NOT_OPEN');
    const full = configured({ maximumWaiting: 1 });
    expect(refused(full, asks('bo'), closed, asks('ann'))).toBe('QUEUE_CLOSED');
    expect(refused(full, asks('bo'), disqualifies('ann'), asks('ann'))).toBe('DISQUALIFIED');
  });
});

describe('a request is taken', () => {
  test('while the queue is paused', () => {
    expect(line(given(opened, paused, asks('ann')))).toEqual(['ann']);
  });
  test('again once someone of a full queue was called or left', () => {
    const full = configured({ maximumWaiting: 1 });
    expect(line(given(full, asks('ann'), calls(1), asks('bo')))).toEqual(['bo']);
    expect(line(given(full, asks('ann'), leaves('ann', 1), asks('bo')))).toEqual(['bo']);
  });
  test('however many are READY and ACTIVE', () => {
    const queue = given(configured({ maximumWaiting: 2, capacity: 9 }), ...crowd(2), calls(9), asks('ann'), asks('bo'));
    expect(line(queue)).toEqual(['ann', 'bo']);
  });
});
