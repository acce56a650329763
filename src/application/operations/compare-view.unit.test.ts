import { describe, expect, test } from '@jest/globals';
import { admittedUpTo, configured, disqualifiedUser, requestedBy } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { Entry } from '../../domain/types.ts';
import type { ViewPart } from '../ports/queue-view-inspector.port.ts';
import { comparePart } from './compare-view.ts';

function folded(): ConcertQueue {
  const queue = ConcertQueue.begin(configured(), { offset: 0, timestamp: 0 });
  const said = [requestedBy('ann'), requestedBy('bo'), requestedBy('cy'), admittedUpTo(1), disqualifiedUser('dee')];
  for (const [index, event] of said.entries()) queue.apply(event, { offset: index + 1, timestamp: 1_000 * index });
  return queue;
}

/** All of a view that agrees, as one part. */
function stored(changes: Partial<ViewPart> = {}): ViewPart {
  const { offset, attributes, entries, disqualified } = folded().save();
  const all = [...entries];
  return {
    head: { generation: 'g', foldVersion: FOLD_VERSION, offset },
    attributes: JSON.parse(JSON.stringify(attributes)),
    sizes: {
      entries: attributes.counts.kept,
      waiting: attributes.counts.waiting,
      disqualified: attributes.counts.disqualified,
    },
    entries: new Map(all.map((entry) => [entry.userId, entry])),
    waiting: new Map(all.flatMap((entry) => (entry.state === 'WAITING' ? [[entry.userId, entry.place]] : []))),
    disqualified: [...disqualified],
    next: undefined,
    ...changes,
  };
}

describe('a part of a view', () => {
  test('equal to the fold has no differences', () => {
    expect(comparePart(stored(), folded())).toBeUndefined();
  });

  const { head, attributes, sizes } = stored();
  const entry: Entry = { state: 'WAITING', userId: 'bo', entryId: 'first of bo', offset: 2, place: 7 };
  test.each<[string, Partial<ViewPart>, string, unknown, unknown]>([
    ['another offset', { head: { ...head, offset: 4 } }, 'head.offset', 4, 5],
    ['another fold', { head: { ...head, foldVersion: 99 } }, 'head.foldVersion', 99, FOLD_VERSION],
    [
      'another policy',
      { attributes: { ...attributes, policy: { ...attributes.policy, capacity: 3 } } },
      'attributes.policy.capacity',
      3,
      2,
    ],
    [
      'another count',
      { attributes: { ...attributes, counts: { ...attributes.counts, ready: 0 } } },
      'attributes.counts.ready',
      0,
      1,
    ],
    ['another place', { entries: new Map([['bo', entry]]) }, 'lives.bo.place', 7, 2],
    [
      'a life too many',
      { entries: new Map([['eve', { ...entry, userId: 'eve' }]]) },
      'lives.eve',
      { ...entry, userId: 'eve' },
      undefined,
    ],
    ['a damaged life', { entries: new Map([['bo', '?']]) }, 'lives.bo', '?', folded().entryOf('bo')],
    ['another place in the line', { waiting: new Map([['bo', 1]]) }, 'waiting.bo.place', 1, 2],
    ['someone in the line who was called', { waiting: new Map([['ann', 1]]) }, 'waiting.ann.place', 1, undefined],
    ['someone refused who is not', { disqualified: ['ann'] }, 'disqualified.ann', true, undefined],
    ['a life too few', { sizes: { ...sizes, entries: 2 } }, 'sizes.entries', 2, 3],
    ['a line that is too short', { sizes: { ...sizes, waiting: 1 } }, 'sizes.waiting', 1, 2],
  ])('with %s differs there', (_what, changes, field, ofView, ofFold) => {
    expect(comparePart(stored(changes), folded())).toEqual({ field, stored: ofView, folded: ofFold });
  });
});
