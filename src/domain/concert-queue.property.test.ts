import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalState } from './canonical-state.ts';
import { ChangeSetView } from './change-set-view.fixtures.ts';
import {
  anyHistory,
  drawHistory,
  foldHistory,
  forgedHistory,
  likelyHistory,
  propertyRuns,
} from './concert-queue.arbitraries.ts';
import * as fixtures from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import type { QueueSnapshot } from './queue-snapshot.ts';
import { type ChangeSet, type EntryChange, FULL_REFRESH, isLive, type LogPosition } from './types.ts';

const stateOf = (queue: ConcertQueue) => canonicalState(queue.save());

/** Restored from JSON, with the entries in another order. */
function throughStorage(queue: ConcertQueue): ConcertQueue {
  const { offset, attributes, entries, disqualified } = queue.save();
  const stored = JSON.stringify({
    offset,
    attributes,
    entries: [...entries].toReversed(),
    disqualified: [...disqualified],
  });
  const restored: QueueSnapshot = JSON.parse(stored);
  return ConcertQueue.load(restored);
}

/** The kind of a redrive that had an effect. */
function redriven(change: EntryChange, { offset, redriveOf }: LogPosition): string[] {
  if (!redriveOf || !('place' in change)) return [];
  if (change.place === offset) return ['redriven behind the draw'];
  return [`redriven ${change.state === 'REJECTED' ? change.reason : change.state}`];
}

/** How often each state, change and kind of redrive occurs in 300 histories. */
function occurrences(histories: typeof anyHistory): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(histories, (history) => {
      foldHistory(history, (__, changes, { position }) => {
        if (changes === FULL_REFRESH) count(changes);
        else
          for (const change of changes) for (const what of [change.state, ...redriven(change, position)]) count(what);
      });
    }),
    { ...propertyRuns(1), numRuns: 300 },
  );
  return seen;
}

test.each([
  ['likely', likelyHistory],
  ['any', anyHistory],
])('the %s histories reach every state, every change and the draw', (_, histories) => {
  const seen = occurrences(histories);
  const live = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];
  const outcomes = ['COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED', 'REJECTED'];
  const redrives = ['redriven WAITING', 'redriven QUEUE_NOT_OPEN', 'redriven QUEUE_FULL', 'redriven DISQUALIFIED'];
  const others = ['PURGED', 'USER_DISQUALIFIED', 'USER_REINSTATED', FULL_REFRESH];
  for (const what of [...live, ...outcomes, ...others, ...redrives]) {
    expect([what, (seen.get(what) ?? 0) >= 10]).toEqual([what, true]);
  }
});

test('the histories with a draw reach every kind of redrive', () => {
  const seen = occurrences(drawHistory);
  for (const what of [
    'redriven WAITING',
    'redriven REGISTERED',
    'redriven QUEUE_NOT_OPEN',
    'redriven behind the draw',
  ]) {
    expect([what, (seen.get(what) ?? 0) >= 10]).toEqual([what, true]);
  }
});

describe('folding the same log gives the same state', () => {
  test('in one run or in several, each restored from the snapshot of the one before', () => {
    fc.assert(
      fc.property(forgedHistory, fc.infiniteStream(fc.boolean()), (history, cuts) => {
        let queue = ConcertQueue.begin(history.first.event, history.first.position);
        for (const { event, position } of history.rest) {
          queue.apply(event, position);
          if (cuts.next().value) queue = throughStorage(queue);
        }
        expect(stateOf(queue)).toBe(stateOf(foldHistory(history)));
        expect(stateOf(throughStorage(queue))).toBe(stateOf(queue));
      }),
      propertyRuns(300),
    );
  });

  test('and the same changes from a restored queue', () => {
    fc.assert(
      fc.property(forgedHistory, (history) => {
        let stored = ConcertQueue.begin(history.first.event, history.first.position);
        foldHistory(history, (_, changes, { event, position }) => {
          stored = throughStorage(stored);
          expect(stored.apply(event, position)).toEqual(changes);
        });
      }),
      propertyRuns(150),
    );
  });

  test('when earlier records are folded again', () => {
    fc.assert(
      fc.property(forgedHistory, fc.infiniteStream(fc.nat()), (history, picks) => {
        const once = foldHistory(history);
        const again = foldHistory(history, (queue, _, { position }) => {
          const { event, position: old } = history.rest[picks.next().value % history.rest.length] ?? history.first;
          if (old.offset <= position.offset)
            expect(queue.apply(event, { ...old, timestamp: old.timestamp + 1 })).toEqual([]);
        });
        expect(stateOf(again)).toBe(stateOf(once));
      }),
      propertyRuns(200),
    );
  });
});

describe('for any log', () => {
  /** Checks the queue after every event of any history. */
  const always = (check: (queue: ConcertQueue, changes: ChangeSet) => void, runs = 200, histories = anyHistory) =>
    fc.assert(
      fc.property(histories, (history) => void foldHistory(history, check)),
      propertyRuns(runs),
    );

  test('no event throws', () => always(() => {}, 1_000, forgedHistory));

  test('a view with all changes applied equals the queue', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const view = new ChangeSetView();
        foldHistory(history, (queue, changes) => {
          view.apply(changes, queue);
          expect(view.sorted()).toEqual(ChangeSetView.of(queue).sorted());
        });
      }),
      propertyRuns(150),
    );
  });

  test('the counts are those of the entries', () => {
    always((queue) => {
      const { counts } = queue.attributes();
      const entries = [...queue.save().entries];
      const of = (state: string) => entries.filter((entry) => entry.state === state).length;
      expect(counts).toEqual({
        registered: of('REGISTERED'),
        waiting: of('WAITING'),
        ready: of('READY'),
        active: of('ACTIVE'),
        kept: entries.length,
        disqualified: [...queue.save().disqualified].length,
      });
    });
  });

  test('no event raises READY and ACTIVE above the capacity', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let before = 0;
        foldHistory(history, (queue) => {
          expect(queue.called <= before || queue.called <= queue.policy.capacity).toBe(true);
          before = queue.called;
        });
      }),
      propertyRuns(200),
    );
  });

  test('each user has at most one entry, and a disqualified user has no live entry', () => {
    always((queue) => {
      const entries = [...queue.save().entries];
      expect(new Set(entries.map(({ userId }) => userId)).size).toBe(entries.length);
      const disqualified = [...queue.save().disqualified];
      expect(entries.filter((entry) => isLive(entry) && disqualified.includes(entry.userId))).toEqual([]);
    });
  });

  test('admittedThrough never falls, and only redriven entries wait at or below it', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let before = -1;
        const redrives = new Set<number | undefined>();
        foldHistory(history, (queue, _, { position }) => {
          redrives.add(position.redriveOf?.offset);
          const { admittedThrough } = queue.attributes();
          expect(admittedThrough).toBeGreaterThanOrEqual(before);
          before = admittedThrough;
          const places = [...queue.waitingEntries()].map(({ place }) => place).filter((place) => !redrives.has(place));
          expect(Math.min(...places)).toBeGreaterThan(admittedThrough);
        });
      }),
      propertyRuns(200),
    );
  });

  test.each([
    ['any', anyHistory],
    ['draw', drawHistory],
  ])('a dead letter is redriven once, and a redrive calls no entry and assigns no place twice: %s', (_, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        foldHistory(history, (queue, __, { event, position }) => {
          const { redriveOf, ...later } = position;
          if (!redriveOf) return;
          const state = stateOf(queue);
          const { admittedThrough, counts } = queue.attributes();
          const again = throughStorage(queue);
          const once = event.type === 'QueueEntryRequested' && redriveOf.offset < position.offset;
          if (once) {
            expect(again.apply(event, { ...later, offset: position.offset + 1, redriveOf })).toEqual([]);
            expect(again.attributes()).toMatchObject({ admittedThrough, counts });
          }
          expect(stateOf(queue)).toBe(state);
          const places = [...queue.waitingEntries()].map(({ place }) => place);
          expect(new Set(places).size).toBe(places.length);
        });
      }),
      propertyRuns(200),
    );
  });

  test('log time never goes back', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let before = Number.NEGATIVE_INFINITY;
        foldHistory(history, (queue, _, { position }) => {
          expect(queue.time).toBe(Math.max(before, history.first.position.timestamp, position.timestamp));
          before = queue.time;
        });
      }),
      propertyRuns(200),
    );
  });

  test('nothing expires before the next deadline, and something expires at it', () => {
    fc.assert(
      fc.property(likelyHistory, (history) => {
        const queue = foldHistory(history);
        const deadline = queue.nextDeadline();
        fc.pre(deadline < Number.POSITIVE_INFINITY);
        const expireThrough = (through: number) => {
          const position = { offset: queue.offset + 1, timestamp: Math.max(queue.time, deadline) };
          return throughStorage(queue).apply({ ...fixtures.timePassed(0), type: 'TimePassed', through }, position);
        };
        expect(expireThrough(deadline - 1)).toEqual([]);
        expect(expireThrough(deadline)).not.toEqual([]);
      }),
      propertyRuns(200),
    );
  });
});
