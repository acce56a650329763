import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalState } from './canonical-state.ts';
import { anyHistory, foldHistory, likelyHistory, propertyRuns } from './concert-queue.arbitraries.ts';
import * as fixtures from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import type { QueueSnapshot } from './queue-snapshot.ts';
import { ReferenceView } from './reference-view.fixtures.ts';
import { type ChangeSet, FULL_REFRESH, isLive } from './types.ts';

const stateOf = (queue: ConcertQueue) => canonicalState(queue.save());

/** As a view would store it, with its lives in another order. */
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

test.each([
  ['likely', likelyHistory],
  ['any', anyHistory],
])('the %s histories tried come by every state, every change and the draw', (_, histories) => {
  const met = new Map<string, number>();
  const meet = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(histories, (history) => {
      foldHistory(history, (__, effect) => {
        if (effect === FULL_REFRESH) meet(effect);
        else for (const { state } of effect) meet(state);
      });
    }),
    { ...propertyRuns(1), numRuns: 300 },
  );
  const live = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];
  const outcomes = ['COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED', 'REJECTED'];
  for (const what of [...live, ...outcomes, 'PURGED', 'USER_DISQUALIFIED', 'USER_REINSTATED', FULL_REFRESH]) {
    expect([what, (met.get(what) ?? 0) >= 10]).toEqual([what, true]);
  }
});

describe('folding the same log gives the same state', () => {
  test('in one piece or in any pieces, each beginning with what the one before stored', () => {
    fc.assert(
      fc.property(anyHistory, fc.infiniteStream(fc.boolean()), (history, cuts) => {
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

  test('and the same changes, whether before them it was stored and loaded or not', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let stored = ConcertQueue.begin(history.first.event, history.first.position);
        foldHistory(history, (_, effect, { event, position }) => {
          stored = throughStorage(stored);
          expect(stored.apply(event, position)).toEqual(effect);
        });
      }),
      propertyRuns(150),
    );
  });

  test('when records already folded come again, at any time', () => {
    fc.assert(
      fc.property(anyHistory, fc.infiniteStream(fc.nat()), (history, picks) => {
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

describe('whatever the log says', () => {
  /** Checks something of the queue after every event of any history. */
  const always = (check: (queue: ConcertQueue, effect: ChangeSet) => void, runs = 200, histories = anyHistory) =>
    fc.assert(
      fc.property(histories, (history) => void foldHistory(history, check)),
      propertyRuns(runs),
    );

  test('no event throws', () => always(() => {}, 1_000));

  test('its changes, put in absolute terms, are what is stored', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const view = new ReferenceView();
        foldHistory(history, (queue, effect) => {
          view.apply(effect, queue);
          expect(view.sorted()).toEqual(ReferenceView.of(queue).sorted());
        });
      }),
      propertyRuns(150),
    );
  });

  test('the counts are those of the lives', () => {
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

  test('nobody has two lives, and whoever is barred has none that is live', () => {
    always((queue) => {
      const entries = [...queue.save().entries];
      expect(new Set(entries.map(({ userId }) => userId)).size).toBe(entries.length);
      const disqualified = [...queue.save().disqualified];
      expect(entries.filter((entry) => isLive(entry) && disqualified.includes(entry.userId))).toEqual([]);
    });
  });

  test('the highest place called never falls, and nobody who waits is at or below it but by a redrive', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let before = -1;
        foldHistory(history, (queue) => {
          const { admittedThrough } = queue.attributes();
          expect(admittedThrough).toBeGreaterThanOrEqual(before);
          before = admittedThrough;
          const { redriven } = queue.attributes();
          const places = [...queue.waitingEntries()]
            .map(({ place }) => place)
            .filter((place) => !redriven.includes(place));
          expect(Math.min(...places)).toBeGreaterThan(admittedThrough);
        });
      }),
      propertyRuns(200),
    );
  });

  test('no dead letter is redriven to a second effect, and a redrive calls nobody and gives nobody a place twice', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        foldHistory(history, (queue, _, { event, position }) => {
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

  test('the next deadline is exact: nothing lapses before it, something does at it', () => {
    fc.assert(
      fc.property(likelyHistory, (history) => {
        const queue = foldHistory(history);
        const deadline = queue.nextDeadline();
        fc.pre(deadline < Number.POSITIVE_INFINITY);
        const lapse = (through: number) => {
          const position = { offset: queue.offset + 1, timestamp: Math.max(queue.time, deadline) };
          return throughStorage(queue).apply({ ...fixtures.timePassed(0), type: 'TimePassed', through }, position);
        };
        expect(lapse(deadline - 1)).toEqual([]);
        expect(lapse(deadline)).not.toEqual([]);
      }),
      propertyRuns(200),
    );
  });
});
