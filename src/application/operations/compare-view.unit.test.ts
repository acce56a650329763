import { describe, expect, test } from '@jest/globals';
import { asks, calls, configured, disqualified } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { Life } from '../../domain/types.ts';
import type { ViewPart } from '../ports/queue-view-inspector.port.ts';
import { comparePart } from './compare-view.ts';

function folded(): ConcertQueue {
  const queue = ConcertQueue.begin(configured(), { offset: 0, stamp: 0 });
  const said = [asks('ann'), asks('bo'), asks('cy'), calls(1), disqualified('dee')];
  for (const [index, event] of said.entries()) queue.apply(event, { offset: index + 1, stamp: 1_000 * index });
  return queue;
}

/** All of a view that agrees, as one part. */
function stored(changes: Partial<ViewPart> = {}): ViewPart {
  const { offset, scalars, lives, barred } = folded().save();
  const all = [...lives];
  return {
    head: { generation: 'g', foldVersion: FOLD_VERSION, offset },
    scalars: JSON.parse(JSON.stringify(scalars)),
    sizes: { lives: scalars.counts.kept, waiting: scalars.counts.waiting, barred: scalars.counts.barred },
    lives: new Map(all.map((life) => [life.userId, life])),
    waiting: new Map(all.flatMap((life) => (life.state === 'WAITING' ? [[life.userId, life.place]] : []))),
    barred: [...barred],
    next: undefined,
    ...changes,
  };
}

describe('a part of a view', () => {
  test('that is as it should be does not differ', () => {
    expect(comparePart(stored(), folded())).toBeUndefined();
  });

  const { head, scalars, sizes } = stored();
  const life: Life = { state: 'WAITING', userId: 'bo', entryId: 'first of bo', offset: 2, place: 7 };
  test.each<[string, Partial<ViewPart>, string, unknown, unknown]>([
    ['another offset', { head: { ...head, offset: 4 } }, 'head.offset', 4, 5],
    ['another fold', { head: { ...head, foldVersion: 99 } }, 'head.foldVersion', 99, FOLD_VERSION],
    [
      'another policy',
      { scalars: { ...scalars, policy: { ...scalars.policy, capacity: 3 } } },
      'scalars.policy.capacity',
      3,
      2,
    ],
    [
      'another count',
      { scalars: { ...scalars, counts: { ...scalars.counts, ready: 0 } } },
      'scalars.counts.ready',
      0,
      1,
    ],
    ['another place', { lives: new Map([['bo', life]]) }, 'lives.bo.place', 7, 2],
    [
      'a life too many',
      { lives: new Map([['eve', { ...life, userId: 'eve' }]]) },
      'lives.eve',
      { ...life, userId: 'eve' },
      undefined,
    ],
    ['a damaged life', { lives: new Map([['bo', '?']]) }, 'lives.bo', '?', folded().lifeOf('bo')],
    ['another place in the line', { waiting: new Map([['bo', 1]]) }, 'waiting.bo.place', 1, 2],
    ['someone in the line who was called', { waiting: new Map([['ann', 1]]) }, 'waiting.ann.place', 1, undefined],
    ['someone refused who is not', { barred: ['ann'] }, 'barred.ann', true, undefined],
    ['a life too few', { sizes: { ...sizes, lives: 2 } }, 'sizes.lives', 2, 3],
    ['a line that is too short', { sizes: { ...sizes, waiting: 1 } }, 'sizes.waiting', 1, 2],
  ])('with %s differs there', (_what, changes, field, ofView, ofFold) => {
    expect(comparePart(stored(changes), folded())).toEqual({ field, stored: ofView, folded: ofFold });
  });
});
