import { describe, expect, test } from '@jest/globals';
import {
  asks,
  disqualifies,
  effects,
  given,
  hasLeft,
  isCalled,
  isIn,
  line,
  opened,
  reinstated,
  rejection,
  state,
  waits,
} from './concert-queue.fixtures.ts';

describe('whoever is disqualified', () => {
  test.each([
    ['WAITING', waits],
    ['READY', isCalled],
    ['ACTIVE', isIn],
  ])('loses the entry that was %s, and frees its slot', (_, entry) => {
    const queue = given(opened, ...entry, disqualifies('ann'));
    expect(state(queue, 'ann')).toBe('DISQUALIFIED');
    expect(queue).toMatchObject({ called: 0, waiting: 0 });
  });
  test('is barred, and both is told', () => {
    expect(effects(opened, asks('ann'), disqualifies('ann')).changes.at(-1)).toMatchObject([
      { state: 'DISQUALIFIED', userId: 'ann' },
      { state: 'USER_DISQUALIFIED', userId: 'ann' },
    ]);
  });
  test('without ever having asked, is barred all the same', () => {
    const { queue, changes } = effects(opened, disqualifies('ann'), disqualifies('ann'));
    expect(changes).toEqual([[{ state: 'USER_DISQUALIFIED', userId: 'ann' }], []]);
    expect(queue.entryOf('ann')).toBeUndefined();
    expect([...queue.save().disqualified]).toEqual(['ann']);
  });
  test('keeps an outcome that was there before', () => {
    expect(state(given(opened, ...hasLeft, disqualifies('ann')), 'ann')).toBe('LEFT');
  });
  test('is refused until reinstated, which restores no entry', () => {
    const judged = [opened, asks('ann'), disqualifies('ann'), asks('ann', 'again')];
    expect(rejection(given(...judged), 'ann')).toBe('DISQUALIFIED');
    expect(line(given(...judged, reinstated('ann')))).toEqual([]);
    expect(line(given(...judged, reinstated('ann'), asks('ann', 'at last')))).toEqual(['ann']);
  });
  test('is reinstated once; of anyone else reinstating changes nothing', () => {
    const { changes } = effects(opened, disqualifies('ann'), reinstated('ann'), reinstated('ann'), reinstated('bo'));
    expect(changes.slice(1)).toEqual([[{ state: 'USER_REINSTATED', userId: 'ann' }], [], []]);
  });
});
