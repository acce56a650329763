import { describe, expect, test } from '@jest/globals';
import {
  admittedThrough,
  asks,
  at,
  calls,
  claims,
  closed,
  completes,
  configured,
  deadLetter,
  disqualifies,
  drawing,
  draws,
  effects,
  given,
  leaves,
  line,
  opened,
  passed,
  redrive,
  rejection,
  state,
} from './concert-queue.fixtures.ts';

describe('a dead letter that is redriven', () => {
  test('gives its user the place of the receipt', () => {
    const queue = given(opened, asks('ann'), deadLetter, asks('cy'), redrive(2, asks('bo')));
    expect(line(queue)).toEqual(['ann', 'bo', 'cy']);
    expect(queue.entryOf('bo')).toMatchObject({ state: 'WAITING', offset: 2, place: 2 });
  });
  test('changes nothing else', () => {
    const { changes } = effects(opened, deadLetter, asks('bo'), redrive(1, asks('ann', 'x')));
    expect(changes.at(-1)).toEqual([{ state: 'WAITING', userId: 'ann', entryId: 'x', offset: 1, place: 1 }]);
  });
  test('comes to the front when later ones were called, and is called next', () => {
    const events = [opened, deadLetter, asks('bo'), asks('cy'), calls(2), redrive(1, asks('ann'))];
    const queue = given(...events);
    expect([line(queue), admittedThrough(queue)]).toEqual([['ann', 'cy'], 2]);
    expect(state(given(...events, calls(1)), 'ann')).toBe('READY');
    expect(admittedThrough(given(...events, calls(1)))).toBe(2);
  });
  test('counts once, also when its outcome is forgotten', () => {
    const events = [opened, deadLetter, redrive(1, asks('ann')), leaves('ann', 1)];
    expect(state(given(...events, redrive(1, asks('ann'))), 'ann')).toBe('LEFT');
    expect(state(given(...events, at(4_000, passed(4_000)), redrive(1, asks('ann'))), 'ann')).toBeUndefined();
  });
  test.each([
    ['any order', [redrive(1, asks('ann')), redrive(3, asks('cy'))]],
    ['the other order', [redrive(3, asks('cy')), redrive(1, asks('ann'))]],
  ])('stands where it belongs in %s', (_, redrives) => {
    const queue = given(opened, deadLetter, asks('bo'), deadLetter, asks('dee'), ...redrives, asks('eve'));
    expect(line(queue)).toEqual(['ann', 'bo', 'cy', 'dee', 'eve']);
  });
});

describe('a redrive has no effect', () => {
  test.each([
    ['asked again and waits', [deadLetter, asks('ann', 'again'), redrive(1, asks('ann'))], 'WAITING', 2],
    ['had a place already', [asks('ann'), deadLetter, redrive(2, asks('ann', 'again'))], 'WAITING', 1],
    ['asked again and left', [deadLetter, asks('ann', 'x'), leaves('ann', 2), redrive(1, asks('ann'))], 'LEFT', 2],
    [
      'was in the queue then and has bought since',
      [asks('ann'), deadLetter, calls(1), claims('ann', 1), completes('ann', 1), redrive(2, asks('ann', 'again'))],
      'COMPLETED',
      1,
    ],
  ])('for who %s', (_, events, expected, offset) => {
    const { queue, changes } = effects(opened, ...events);
    expect(changes.at(-1)).toEqual([]);
    expect(queue.entryOf('ann')).toMatchObject({ state: expected, offset });
  });
  test('of what was never a dead letter: the place is taken', () => {
    expect(effects(opened, asks('ann'), redrive(1, asks('bo'))).changes.at(-1)).toEqual([]);
  });
  test('of what is still to come', () => {
    expect(effects(opened, redrive(1, asks('ann')), redrive(7, asks('bo'))).changes).toEqual([[], []]);
  });
});

describe('a redrive is judged by what is the case when it comes', () => {
  test('who left before the lost request gets its place', () => {
    const queue = given(
      opened,
      asks('ann'),
      leaves('ann', 1),
      deadLetter,
      asks('bo'),
      redrive(3, asks('ann', 'again')),
    );
    expect(line(queue)).toEqual(['ann', 'bo']);
  });
  test('a queue that is closed by now refuses it', () => {
    const queue = given(opened, deadLetter, closed, redrive(1, asks('ann')));
    expect([rejection(queue, 'ann'), queue.entryOf('ann')?.offset]).toEqual(['QUEUE_CLOSED', 1]);
  });
  test('a full one too, and who was disqualified meanwhile', () => {
    const full = given(configured({ maximumWaiting: 1 }), deadLetter, asks('bo'), redrive(1, asks('ann')));
    expect(rejection(full, 'ann')).toBe('QUEUE_FULL');
    const disqualified = given(opened, deadLetter, disqualifies('ann'), redrive(1, asks('ann')));
    expect(rejection(disqualified, 'ann')).toBe('DISQUALIFIED');
  });
  test('before the draw it is registered with its receipt, after the draw it stands among the drawn places', () => {
    const before = given(drawing(), deadLetter, asks('bo'), redrive(1, asks('ann')));
    expect(before.entryOf('ann')).toMatchObject({ state: 'REGISTERED', offset: 1 });
    const events = [drawing(), asks('bo'), deadLetter, asks('cy'), at(10, draws())];
    const after = given(...events, redrive(2, asks('ann')));
    expect([...after.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3]);
    expect(line(after)[1]).toBe('ann');
  });
  test('between the opening and the draw it waits, and the draw leaves it at its place', () => {
    const opening = at(10, asks('dee'));
    const queue = given(drawing(), asks('bo'), deadLetter, asks('cy'), opening, redrive(2, asks('ann')), draws());
    expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    expect(line(queue)[1]).toBe('ann');
  });
});
