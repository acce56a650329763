import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyHistory, drawHistory, foldHistory, propertyRuns } from '../../domain/concert-queue.arbitraries.ts';
import {
  admittedUpTo,
  configured,
  configuredWithDraw,
  drawHeld,
  requestedBy,
  seconds,
  seed,
} from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ChangeSet, Entry } from '../../domain/types.ts';
import { AuditChecks } from './audit-checks.ts';
import { EntryTimelines } from './entry-timelines.ts';

const queue = ConcertQueue.begin(configured({ capacity: 2 }), { offset: 0, timestamp: 0 });
const waiting = (userId: string, offset: number): Entry => ({
  state: 'WAITING',
  userId,
  entryId: userId,
  offset,
  place: offset,
});
const ready = (userId: string, offset: number): Entry => ({ ...waiting(userId, offset), state: 'READY', claimBy: 9 });

/** A queue that says it did this, one effect after the other. */
function audited(...effects: readonly ChangeSet[]): AuditChecks {
  const checks = new AuditChecks();
  for (const [index, effect] of effects.entries())
    checks.note({ event: admittedUpTo(9), at: { offset: index + 1, timestamp: 0 }, effect, queue });
  return checks;
}
const kinds = ({ breaches }: AuditChecks) => breaches.map(({ kind }) => kind);

describe('an audit', () => {
  test.each([
    ['of any kind', anyHistory],
    ['with a draw', drawHistory],
  ])('reports nothing for any sequence of events that the queue folded: %s', (_, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        const checks = new AuditChecks();
        foldHistory(history, (folded, effect, { event, position: at }) =>
          checks.note({ event, at, effect, queue: folded }),
        );
        expect(checks.breaches).toEqual([]);
        expect(checks.draw ?? { isCommitted: true, isOrdered: true }).toMatchObject({
          isCommitted: true,
          isOrdered: true,
        });
      }),
      propertyRuns(300),
    );
  });

  test('reports a call of an entry while an earlier one waits', () => {
    expect(kinds(audited([waiting('ann', 1)], [waiting('bo', 2)], [ready('bo', 2)]))).toEqual(['inversion']);
    expect(kinds(audited([waiting('ann', 1)], [waiting('bo', 2)], [ready('ann', 1)], [ready('bo', 2)]))).toEqual([]);
  });

  test('reports a call out of order within one event', () => {
    expect(kinds(audited([waiting('ann', 1), waiting('bo', 2)], [ready('bo', 2), ready('ann', 1)]))).toEqual([
      'inversion',
    ]);
  });

  test('reports calls above the capacity, but not a capacity that was reduced', () => {
    const three = [ready('ann', 1), ready('bo', 2), ready('cy', 3)];
    expect(kinds(audited(three.slice(0, 2)))).toEqual([]);
    expect(kinds(audited(three))).toEqual(['capacity']);
    expect(kinds(audited(three, []))).toEqual(['capacity']);
  });

  test('reports two live entries of one user', () => {
    expect(kinds(audited([waiting('ann', 1)], [waiting('ann', 5)]))).toEqual(['double life']);
  });

  test('reports a draw whose order does not follow from its seed', () => {
    const held = (line: (registered: ConcertQueue) => ConcertQueue): AuditChecks => {
      const checks = new AuditChecks();
      const drawnQueue = ConcertQueue.begin(configuredWithDraw(), { offset: 0, timestamp: 0 });
      const said: QueueEvent[] = [...['ann', 'bo', 'cy', 'dee'].map((user) => requestedBy(user)), drawHeld()];
      for (const [index, event] of said.entries()) {
        const at = { offset: index + 1, timestamp: event.type === 'DrawHeld' ? seconds(20) : 0 };
        const effect = drawnQueue.apply(event, at);
        checks.note({ event, at, effect, queue: event.type === 'DrawHeld' ? line(drawnQueue) : drawnQueue });
      }
      return checks;
    };
    expect(held((drawnQueue) => drawnQueue).draw).toMatchObject({
      registered: 4,
      seed,
      isCommitted: true,
      isOrdered: true,
    });
    const swapped = held((drawnQueue) => {
      const { entries, ...rest } = drawnQueue.save();
      const moved = [...entries].map((entry) => ({ ...entry, place: 5 - entry.place }));
      return ConcertQueue.load({ ...rest, entries: moved });
    });
    expect(swapped.draw).toMatchObject({ isCommitted: true, isOrdered: false });
  });
});

describe('the timelines of the entries', () => {
  test('agree with the queue for every user that it has kept', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const visits = new EntryTimelines();
        const end = foldHistory(history, (folded, effect, { event, position: at }) =>
          visits.note({ event, at, effect, queue: folded }),
        );
        for (const { userId, offset, place, state } of end.save().entries)
          expect(visits.byReceipt.get(offset)).toMatchObject({ userId, offset, place, state });
      }),
      propertyRuns(200),
    );
  });
});
