import { describe, expect, test } from '@jest/globals';
import {
  admittedUpTo,
  annHasCompleted,
  annHasLeft,
  annIsActive,
  annIsReady,
  annWaits,
  atSecond,
  changesOf,
  claimedBy,
  closed,
  completedBy,
  configured,
  configuredWithDraw,
  disqualifiedUser,
  given,
  leftBy,
  opened,
  paused,
  rejectionOf,
  requestedBy,
  requestedByFans,
  resumed,
  seconds,
  stateOf,
  timePassed,
  waitingUsers,
} from './concert-queue.fixtures.ts';

describe('a request for entry', () => {
  test('waits in the order of the log', () => {
    expect(waitingUsers(given(opened, requestedBy('ann'), requestedBy('bo'), requestedBy('cy')))).toEqual([
      'ann',
      'bo',
      'cy',
    ]);
  });
  test('has its offset as place and receipt', () => {
    expect(given(opened, requestedBy('ann'), requestedBy('bo')).entryOf('bo')).toMatchObject({ offset: 2, place: 2 });
  });
  test('causes one change: the complete entry', () => {
    const { changes } = changesOf(opened, requestedBy('ann', 'x'));
    expect(changes).toEqual([[{ state: 'WAITING', userId: 'ann', entryId: 'x', offset: 1, place: 1 }]]);
  });
  test('that is repeated keeps the first place', () => {
    const { queue, changes } = changesOf(opened, requestedBy('ann'), requestedBy('bo'), requestedBy('ann', 'again'));
    expect(waitingUsers(queue)).toEqual(['ann', 'bo']);
    expect(changes.at(-1)).toEqual([]);
  });
  test.each([
    ['REGISTERED', given(configuredWithDraw(), requestedBy('ann'), requestedBy('ann', 'again'))],
    ['READY', given(opened, ...annIsReady, requestedBy('ann', 'again'))],
    ['ACTIVE', given(opened, ...annIsActive, requestedBy('ann', 'again'))],
  ])('that is repeated keeps a %s entry', (expected, queue) => {
    expect(queue.entryOf('ann')).toMatchObject({ state: expected, offset: 1 });
  });
  test('accepts any user id', () => {
    const queue = given(opened, requestedBy('__proto__'), requestedBy('constructor'), requestedBy(''));
    expect(waitingUsers(queue)).toEqual(['__proto__', 'constructor', '']);
  });
});

describe('a new request of a user', () => {
  test.each([
    ['left', annHasLeft],
    ['completed', annHasCompleted],
    ['expired', [...annIsReady, atSecond(60, timePassed(60))]],
  ])('who has %s goes to the back', (_, entry) => {
    const queue = given(opened, ...entry, requestedBy('bo'), requestedBy('ann', 'again'));
    expect(waitingUsers(queue)).toEqual(['bo', 'ann']);
    expect(queue.entryOf('ann')).toMatchObject({ entryId: 'again', offset: entry.length + 2 });
  });
  test.each([
    ['left', annHasLeft, 'LEFT'],
    ['completed', annHasCompleted, 'COMPLETED'],
    ['expired', [...annIsReady, atSecond(60, timePassed(60))], 'EXPIRED'],
    ['been disqualified', [...annWaits, disqualifiedUser('ann')], 'DISQUALIFIED'],
    ['been rejected', [closed, ...annWaits, resumed], 'REJECTED'],
  ])('who has %s is ignored if it is a late copy', (_, entry, expected) => {
    const { queue, changes } = changesOf(opened, ...entry, ...annWaits);
    expect(stateOf(queue, 'ann')).toBe(expected);
    expect(changes.at(-1)).toEqual([]);
  });
  test('is accepted if it is a copy of a request before the last one', () => {
    const requests = [requestedBy('ann', 'x'), leftBy('ann', 1), requestedBy('ann', 'y'), leftBy('ann', 3)];
    expect(stateOf(given(opened, ...requests, requestedBy('ann', 'x')), 'ann')).toBe('WAITING');
  });
});

describe('a token', () => {
  const twice = [opened, ...annHasLeft, requestedBy('ann', 'again')];

  test('of an earlier entry cannot end the current one', () => {
    expect(stateOf(given(...twice, leftBy('ann', 1)), 'ann')).toBe('WAITING');
  });
  test('of an earlier entry can neither claim nor complete the current one', () => {
    expect(stateOf(given(...twice, admittedUpTo(9), claimedBy('ann', 1)), 'ann')).toBe('READY');
    expect(stateOf(given(...twice, admittedUpTo(9), claimedBy('ann', 3), completedBy('ann', 1)), 'ann')).toBe('ACTIVE');
  });
  test('of a repeated request is as valid as the first', () => {
    expect(stateOf(given(opened, requestedBy('ann'), requestedBy('ann', 'again'), leftBy('ann', 2)), 'ann')).toBe(
      'LEFT',
    );
  });
  test('of a user without an entry has no effect', () => {
    const { queue, changes } = changesOf(opened, leftBy('ann', 5), claimedBy('ann', 5), completedBy('ann', 5));
    expect(changes).toEqual([[], [], []]);
    expect(queue.entryOf('ann')).toBeUndefined();
  });
});

describe('a request is rejected', () => {
  const rejectionFor = (...events: Parameters<typeof given>) => rejectionOf(given(...events), 'ann');

  test('before an opening without a draw', () => {
    expect(rejectionFor(configured({ opensAt: seconds(10) }), requestedBy('ann'))).toBe('QUEUE_NOT_OPEN');
  });
  test('before an opening with a draw but without a commitment', () => {
    const uncommitted = configured({ opensAt: seconds(10), beforeOpening: 'draw' });
    expect(rejectionFor(uncommitted, requestedBy('ann'))).toBe('QUEUE_NOT_OPEN');
  });
  test('while the queue is closed', () => {
    expect(rejectionFor(opened, closed, requestedBy('ann'))).toBe('QUEUE_CLOSED');
  });
  test('when the maximum number of entries waits', () => {
    const queue = given(configured({ maximumWaiting: 2 }), requestedBy('bo'), requestedBy('cy'), requestedBy('ann'));
    expect(rejectionOf(queue, 'ann')).toBe('QUEUE_FULL');
    expect(waitingUsers(queue)).toEqual(['bo', 'cy']);
  });
  test('when the maximum number of entries is registered', () => {
    expect(rejectionFor(configuredWithDraw({ maximumWaiting: 1 }), requestedBy('bo'), requestedBy('ann'))).toBe(
      'QUEUE_FULL',
    );
  });
  test('when registered and waiting entries together reach the maximum', () => {
    expect(
      rejectionFor(
        configuredWithDraw({ maximumWaiting: 2 }),
        requestedBy('bo'),
        atSecond(10, requestedBy('cy')),
        requestedBy('ann'),
      ),
    ).toBe('QUEUE_FULL');
  });
  test('if the user is disqualified', () => {
    expect(rejectionFor(opened, disqualifiedUser('ann'), requestedBy('ann'))).toBe('DISQUALIFIED');
  });
  test('and the rejection is kept as the outcome', () => {
    expect(given(opened, closed, requestedBy('ann', 'x')).entryOf('ann')).toEqual({
      state: 'REJECTED',
      userId: 'ann',
      entryId: 'x',
      offset: 2,
      place: 2,
      reason: 'QUEUE_CLOSED',
      endedAt: seconds(2),
    });
  });
  test('and a new request is decided again', () => {
    const queue = given(
      opened,
      closed,
      requestedBy('ann'),
      requestedBy('ann', 'again'),
      resumed,
      requestedBy('ann', 'at last'),
    );
    expect(queue.entryOf('ann')).toMatchObject({ state: 'WAITING', offset: 5 });
  });
  test('for disqualification before close, for close before the opening, for the opening before the limit', () => {
    const scheduled = configured({ opensAt: seconds(99), maximumWaiting: 1 });
    expect(rejectionFor(scheduled, disqualifiedUser('ann'), closed, requestedBy('ann'))).toBe('DISQUALIFIED');
    expect(rejectionFor(scheduled, closed, requestedBy('ann'))).toBe('QUEUE_CLOSED');
    expect(rejectionFor(scheduled, requestedBy('ann'))).toBe('QUEUE_NOT_OPEN');
    const full = configured({ maximumWaiting: 1 });
    expect(rejectionFor(full, requestedBy('bo'), closed, requestedBy('ann'))).toBe('QUEUE_CLOSED');
    expect(rejectionFor(full, requestedBy('bo'), disqualifiedUser('ann'), requestedBy('ann'))).toBe('DISQUALIFIED');
  });
});

describe('a request is accepted', () => {
  test('while the queue is paused', () => {
    expect(waitingUsers(given(opened, paused, requestedBy('ann')))).toEqual(['ann']);
  });
  test('again when an entry of a full queue was called or left', () => {
    const full = configured({ maximumWaiting: 1 });
    expect(waitingUsers(given(full, requestedBy('ann'), admittedUpTo(1), requestedBy('bo')))).toEqual(['bo']);
    expect(waitingUsers(given(full, requestedBy('ann'), leftBy('ann', 1), requestedBy('bo')))).toEqual(['bo']);
  });
  test('regardless of the number of READY and ACTIVE entries', () => {
    const queue = given(
      configured({ maximumWaiting: 2, capacity: 9 }),
      ...requestedByFans(2),
      admittedUpTo(9),
      requestedBy('ann'),
      requestedBy('bo'),
    );
    expect(waitingUsers(queue)).toEqual(['ann', 'bo']);
  });
});
