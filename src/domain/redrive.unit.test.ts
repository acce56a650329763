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
  paused,
  redriveAt,
  redriven,
  rejectionOf,
  requestedBy,
  seconds,
  sortedByTicket,
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
  test('if its offset is later than the redrive', () => {
    expect(changesOf(opened, redriven(1, requestedBy('ann')), redriven(7, requestedBy('bo'))).changes).toEqual([
      [],
      [],
    ]);
  });
});

describe('a redrive is judged by close, limit and disqualification as of the redrive', () => {
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
});

describe('a redrive is judged by first configuration and opening as of the receipt', () => {
  const scheduled = configured({ opensAt: seconds(5) });

  test('a request from before the first configuration is rejected', () => {
    const queue = given(deadLetter, deadLetter, opened, requestedBy('bo'), redriven(1, requestedBy('ann')));
    expect([rejectionOf(queue, 'ann'), waitingUsers(queue)]).toEqual(['QUEUE_NOT_OPEN', ['bo']]);
  });
  test('a request from before the opening is rejected', () => {
    const queue = given(scheduled, deadLetter, atSecond(5, requestedBy('bo')), redriven(1, requestedBy('ann')));
    expect([rejectionOf(queue, 'ann'), waitingUsers(queue)]).toEqual(['QUEUE_NOT_OPEN', ['bo']]);
  });
  test('a rejected request is not redriven again', () => {
    const events = [scheduled, deadLetter, atSecond(5, requestedBy('bo')), redriven(1, requestedBy('ann'))];
    expect(changesOf(...events, redriven(1, requestedBy('ann'))).changes.at(-1)).toEqual([]);
  });
  test('a request at the opening time waits, even if a later record opened the queue', () => {
    const lost = [deadLetter, deadLetter, deadLetter, deadLetter, deadLetter];
    const queue = given(scheduled, ...lost, requestedBy('bo'), redriven(5, requestedBy('ann')));
    expect(waitingUsers(queue)).toEqual(['ann', 'bo']);
  });
  test('an opening time that was brought forward does not open the queue earlier', () => {
    const events = [configured({ opensAt: seconds(99) }), deadLetter, configured(), deadLetter];
    const queue = given(...events, redriven(1, requestedBy('ann')), redriven(3, requestedBy('bo')));
    expect([rejectionOf(queue, 'ann'), waitingUsers(queue)]).toEqual(['QUEUE_NOT_OPEN', ['bo']]);
  });
  test('an opening time that was postponed does not admit a request of the former one', () => {
    const events = [scheduled, configured({ opensAt: seconds(20) }), atSecond(6, leftBy('nobody', 1)), deadLetter];
    const queue = given(...events, atSecond(20, requestedBy('bo')), redriven(3, requestedBy('ann')));
    expect(rejectionOf(queue, 'ann')).toBe('QUEUE_NOT_OPEN');
  });
});

describe('a redrive of a request from before a draw', () => {
  test('is registered before the draw, also after the opening', () => {
    const events = [configuredWithDraw(), requestedBy('bo'), deadLetter, requestedBy('cy')];
    expect(given(...events, redriven(2, requestedBy('ann'))).entryOf('ann')).toMatchObject({
      state: 'REGISTERED',
      offset: 2,
    });
    const opening = [atSecond(10, requestedBy('dee')), redriven(2, requestedBy('ann'))];
    expect(stateOf(given(...events, ...opening), 'ann')).toBe('REGISTERED');
    const drawn = given(...events, ...opening, drawHeld());
    expect([...drawn.waitingEntries()].map(({ offset }) => offset)).toEqual([...sortedByTicket([1, 2, 3]), 4]);
  });
  test('stands behind the drawn and all earlier requests after the draw', () => {
    const events = [configuredWithDraw(), requestedBy('bo'), deadLetter, requestedBy('cy'), atSecond(10, drawHeld())];
    const queue = given(...events, requestedBy('dee'), redriven(2, requestedBy('ann')), requestedBy('eve'));
    expect(waitingUsers(queue).slice(2)).toEqual(['dee', 'ann', 'eve']);
    expect(queue.entryOf('ann')).toMatchObject({ state: 'WAITING', offset: 2, place: 6 });
  });
  test('keeps its receipt as its place if it is from after the opening', () => {
    const events = [configuredWithDraw(), requestedBy('bo'), atSecond(10, requestedBy('cy')), deadLetter];
    const queue = given(...events, requestedBy('dee'), drawHeld(), redriven(3, requestedBy('ann')));
    expect(waitingUsers(queue)).toEqual(['bo', 'cy', 'ann', 'dee']);
  });
  test('is rejected if the queue did not register users at its receipt', () => {
    const events = [configured({ opensAt: seconds(10) }), deadLetter, configuredWithDraw(), deadLetter];
    const queue = given(...events, redriven(1, requestedBy('ann')), redriven(3, requestedBy('bo')));
    expect([rejectionOf(queue, 'ann'), stateOf(queue, 'bo')]).toEqual(['QUEUE_NOT_OPEN', 'REGISTERED']);
  });
});

describe('a receipt that is older than the retention time of outcomes', () => {
  const lost = [opened, deadLetter, requestedBy('bo')];

  test.each([
    [3_600.999, 'WAITING'],
    [3_601, undefined],
  ])('is not redriven: %s s', (second, expected) => {
    const queue = given(...lost, atSecond(second, paused), redriveAt(second, 1, requestedBy('ann')));
    expect(stateOf(queue, 'ann')).toBe(expected);
  });
  test('gives no second place to a user whose completed entry was purged', () => {
    const bought = [requestedBy('ann'), admittedUpTo(3), claimedBy('ann', 3), completedBy('ann', 3)];
    const queue = given(
      ...lost,
      ...bought,
      atSecond(4_000, timePassed(4_000)),
      redriven(1, requestedBy('ann', 'lost')),
    );
    expect(stateOf(queue, 'ann')).toBeUndefined();
  });
  test('stays too old after a purge if the retention time is extended', () => {
    const brief = configured({ outcomeRetentionSeconds: 10 });
    const purged = [brief, atSecond(30, timePassed(30)), opened];
    expect(stateOf(given(...lost, ...purged, redriven(1, requestedBy('ann'))), 'ann')).toBeUndefined();
    expect(stateOf(given(...lost, brief, opened, redriven(1, requestedBy('ann'))), 'ann')).toBe('WAITING');
  });
  test('needs no state: the rules of the opening are purged with it', () => {
    const retention = { outcomeRetentionSeconds: 5 };
    const changes = [20, 30, 40].map((second) => configured({ ...retention, opensAt: seconds(second) }));
    const early = given(...changes, atSecond(7, timePassed(7)));
    expect(early.attributes().openingRules.map(({ opensAt }) => opensAt)).toEqual([40_000]);
    const opening = given(...changes, atSecond(40, timePassed(40)));
    expect(opening.attributes().openingRules.map(({ opensAt }) => opensAt)).toEqual([40_000, null]);
  });
});
