import { describe, expect, test } from '@jest/globals';
import {
  annHasLeft,
  annIsActive,
  annIsReady,
  annWaits,
  changesOf,
  disqualifiedUser,
  given,
  opened,
  reinstatedUser,
  rejectionOf,
  requestedBy,
  stateOf,
  waitingUsers,
} from './concert-queue.fixtures.ts';

describe('a disqualified user', () => {
  test.each([
    ['WAITING', annWaits],
    ['READY', annIsReady],
    ['ACTIVE', annIsActive],
  ])('loses a %s entry, whose slot is freed', (_, entry) => {
    const queue = given(opened, ...entry, disqualifiedUser('ann'));
    expect(stateOf(queue, 'ann')).toBe('DISQUALIFIED');
    expect(queue).toMatchObject({ called: 0, waiting: 0 });
  });
  test('causes two changes: the closed entry and the disqualification', () => {
    expect(changesOf(opened, requestedBy('ann'), disqualifiedUser('ann')).changes.at(-1)).toMatchObject([
      { state: 'DISQUALIFIED', userId: 'ann' },
      { state: 'USER_DISQUALIFIED', userId: 'ann' },
    ]);
  });
  test('needs no entry, and is disqualified once', () => {
    const { queue, changes } = changesOf(opened, disqualifiedUser('ann'), disqualifiedUser('ann'));
    expect(changes).toEqual([[{ state: 'USER_DISQUALIFIED', userId: 'ann' }], []]);
    expect(queue.entryOf('ann')).toBeUndefined();
    expect([...queue.save().disqualified]).toEqual(['ann']);
  });
  test('keeps an earlier outcome', () => {
    expect(stateOf(given(opened, ...annHasLeft, disqualifiedUser('ann')), 'ann')).toBe('LEFT');
  });
  test('is rejected until reinstated, which restores no entry', () => {
    const events = [opened, requestedBy('ann'), disqualifiedUser('ann'), requestedBy('ann', 'again')];
    expect(rejectionOf(given(...events), 'ann')).toBe('DISQUALIFIED');
    expect(waitingUsers(given(...events, reinstatedUser('ann')))).toEqual([]);
    expect(waitingUsers(given(...events, reinstatedUser('ann'), requestedBy('ann', 'at last')))).toEqual(['ann']);
  });
  test('is reinstated once; reinstating another user has no effect', () => {
    const { changes } = changesOf(
      opened,
      disqualifiedUser('ann'),
      reinstatedUser('ann'),
      reinstatedUser('ann'),
      reinstatedUser('bo'),
    );
    expect(changes.slice(1)).toEqual([[{ state: 'USER_REINSTATED', userId: 'ann' }], [], []]);
  });
});
