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

describe('whoever is disqualified', () => {
  test.each([
    ['WAITING', annWaits],
    ['READY', annIsReady],
    ['ACTIVE', annIsActive],
  ])('loses the entry that was %s, and frees its slot', (_, entry) => {
    const queue = given(opened, ...entry, disqualifiedUser('ann'));
    expect(stateOf(queue, 'ann')).toBe('DISQUALIFIED');
    expect(queue).toMatchObject({ called: 0, waiting: 0 });
  });
  test('is barred, and both is told', () => {
    expect(changesOf(opened, requestedBy('ann'), disqualifiedUser('ann')).changes.at(-1)).toMatchObject([
      { state: 'DISQUALIFIED', userId: 'ann' },
      { state: 'USER_DISQUALIFIED', userId: 'ann' },
    ]);
  });
  test('without ever having asked, is barred all the same', () => {
    const { queue, changes } = changesOf(opened, disqualifiedUser('ann'), disqualifiedUser('ann'));
    expect(changes).toEqual([[{ state: 'USER_DISQUALIFIED', userId: 'ann' }], []]);
    expect(queue.entryOf('ann')).toBeUndefined();
    expect([...queue.save().disqualified]).toEqual(['ann']);
  });
  test('keeps an outcome that was there before', () => {
    expect(stateOf(given(opened, ...annHasLeft, disqualifiedUser('ann')), 'ann')).toBe('LEFT');
  });
  test('is refused until reinstated, which restores no entry', () => {
    const judged = [opened, requestedBy('ann'), disqualifiedUser('ann'), requestedBy('ann', 'again')];
    expect(rejectionOf(given(...judged), 'ann')).toBe('DISQUALIFIED');
    expect(waitingUsers(given(...judged, reinstatedUser('ann')))).toEqual([]);
    expect(waitingUsers(given(...judged, reinstatedUser('ann'), requestedBy('ann', 'at last')))).toEqual(['ann']);
  });
  test('is reinstated once; of anyone else reinstating changes nothing', () => {
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
