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
  configuredWithDraw,
  deadLetter,
  disqualifiedUser,
  drawHeld,
  given,
  leftBy,
  opened,
  redriven,
  rejectionOf,
  requestedBy,
  stateOf,
  timePassed,
  waitingUsers,
} from './concert-queue.fixtures.ts';

describe('a dead letter that is redriven', () => {
  test('gives the user the place of the receipt', () => {
    const queue = given(opened, requestedBy('ann'), deadLetter, requestedBy('cy'), redriven(2, requestedBy('bo')));
    expect(waitingUsers(queue)).toEqual(['ann', 'bo', 'cy']);
    expect(queue.entryOf('bo')).toMatchObject({ state: 'WAITING', offset: 2, place: 2 });
  });
  test('changes no other entry', () => {
    const { changes } = changesOf(opened, deadLetter, requestedBy('bo'), redriven(1, requestedBy('ann', 'x')));
    expect(changes.at(-1)).toEqual([{ state: 'WAITING', userId: 'ann', entryId: 'x', offset: 1, place: 1 }]);
  });
  test('goes to the front if later entries were called, and is called next', () => {
    const events = [
      opened,
      deadLetter,
      requestedBy('bo'),
      requestedBy('cy'),
      admittedUpTo(2),
      redriven(1, requestedBy('ann')),
    ];
    const queue = given(...events);
    expect([waitingUsers(queue), admittedThrough(queue)]).toEqual([['ann', 'cy'], 2]);
    expect(stateOf(given(...events, admittedUpTo(1)), 'ann')).toBe('READY');
    expect(admittedThrough(given(...events, admittedUpTo(1)))).toBe(2);
  });
  test('has an effect once, also after the purge of its outcome', () => {
    const events = [opened, deadLetter, redriven(1, requestedBy('ann')), leftBy('ann', 1)];
    expect(stateOf(given(...events, redriven(1, requestedBy('ann'))), 'ann')).toBe('LEFT');
    expect(
      stateOf(given(...events, atSecond(4_000, timePassed(4_000)), redriven(1, requestedBy('ann'))), 'ann'),
    ).toBeUndefined();
  });
  test.each([
    ['order', [redriven(1, requestedBy('ann')), redriven(3, requestedBy('cy'))]],
    ['reverse order', [redriven(3, requestedBy('cy')), redriven(1, requestedBy('ann'))]],
  ])('gets its place in %s', (_, redrives) => {
    const queue = given(
      opened,
      deadLetter,
      requestedBy('bo'),
      deadLetter,
      requestedBy('dee'),
      ...redrives,
      requestedBy('eve'),
    );
    expect(waitingUsers(queue)).toEqual(['ann', 'bo', 'cy', 'dee', 'eve']);
  });
});

describe('a redrive has no effect', () => {
  test.each([
    [
      'sent another request and waits',
      [deadLetter, requestedBy('ann', 'again'), redriven(1, requestedBy('ann'))],
      'WAITING',
      2,
    ],
    ['already had an entry', [requestedBy('ann'), deadLetter, redriven(2, requestedBy('ann', 'again'))], 'WAITING', 1],
    [
      'sent another request and left',
      [deadLetter, requestedBy('ann', 'x'), leftBy('ann', 2), redriven(1, requestedBy('ann'))],
      'LEFT',
      2,
    ],
    [
      'had an entry then and has completed since',
      [
        requestedBy('ann'),
        deadLetter,
        admittedUpTo(1),
        claimedBy('ann', 1),
        completedBy('ann', 1),
        redriven(2, requestedBy('ann', 'again')),
      ],
      'COMPLETED',
      1,
    ],
  ])('for a user who %s', (_, events, expected, offset) => {
    const { queue, changes } = changesOf(opened, ...events);
    expect(changes.at(-1)).toEqual([]);
    expect(queue.entryOf('ann')).toMatchObject({ state: expected, offset });
  });
  test('if the record was no dead letter: its place is taken', () => {
    expect(changesOf(opened, requestedBy('ann'), redriven(1, requestedBy('bo'))).changes.at(-1)).toEqual([]);
  });
  test('if its offset is later than the redrive', () => {
    expect(changesOf(opened, redriven(1, requestedBy('ann')), redriven(7, requestedBy('bo'))).changes).toEqual([
      [],
      [],
    ]);
  });
});

describe('a redrive is decided by the state at its own position', () => {
  test('a user who left before the lost request gets its place', () => {
    const queue = given(
      opened,
      requestedBy('ann'),
      leftBy('ann', 1),
      deadLetter,
      requestedBy('bo'),
      redriven(3, requestedBy('ann', 'again')),
    );
    expect(waitingUsers(queue)).toEqual(['ann', 'bo']);
  });
  test('a closed queue rejects it', () => {
    const queue = given(opened, deadLetter, closed, redriven(1, requestedBy('ann')));
    expect([rejectionOf(queue, 'ann'), queue.entryOf('ann')?.offset]).toEqual(['QUEUE_CLOSED', 1]);
  });
  test('a full queue rejects it, and so does a disqualification', () => {
    const full = given(
      configured({ maximumWaiting: 1 }),
      deadLetter,
      requestedBy('bo'),
      redriven(1, requestedBy('ann')),
    );
    expect(rejectionOf(full, 'ann')).toBe('QUEUE_FULL');
    const disqualified = given(opened, deadLetter, disqualifiedUser('ann'), redriven(1, requestedBy('ann')));
    expect(rejectionOf(disqualified, 'ann')).toBe('DISQUALIFIED');
  });
  test('before the draw it is registered with its receipt; after the draw its receipt is its place', () => {
    const before = given(configuredWithDraw(), deadLetter, requestedBy('bo'), redriven(1, requestedBy('ann')));
    expect(before.entryOf('ann')).toMatchObject({ state: 'REGISTERED', offset: 1 });
    const events = [configuredWithDraw(), requestedBy('bo'), deadLetter, requestedBy('cy'), atSecond(10, drawHeld())];
    const after = given(...events, redriven(2, requestedBy('ann')));
    expect([...after.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3]);
    expect(waitingUsers(after)[1]).toBe('ann');
  });
  test('between the opening and the draw it waits, and the draw keeps its place', () => {
    const opening = atSecond(10, requestedBy('dee'));
    const queue = given(
      configuredWithDraw(),
      requestedBy('bo'),
      deadLetter,
      requestedBy('cy'),
      opening,
      redriven(2, requestedBy('ann')),
      drawHeld(),
    );
    expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    expect(waitingUsers(queue)[1]).toBe('ann');
  });
});
