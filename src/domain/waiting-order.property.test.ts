import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyHistory, foldHistory, type History, likelyHistory, propertyRuns } from './concert-queue.arbitraries.ts';
import * as fixtures from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import { FULL_REFRESH, MAX_CHANGES_PER_EVENT } from './types.ts';

describe('the order of waiting entries', () => {
  test('is the order of receipts without a draw', () => {
    fc.assert(
      fc.property(likelyHistory, (history) => {
        foldHistory(history, (queue) => {
          if (queue.draw?.seed) return;
          const waiting = [...queue.save().entries].filter(({ state }) => state === 'WAITING');
          const inOrder = waiting.toSorted((a, b) => a.offset - b.offset);
          expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual(inOrder.map(({ offset }) => offset));
        });
      }),
      propertyRuns(200),
    );
  });

  test('is the draw order, with later requests behind it in the order of receipts', () => {
    const drawn = fc.tuple(fc.uniqueArray(fc.nat(99), { minLength: 1 }), fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(drawn, ([fans, early, late]) => {
        const queue = ConcertQueue.begin(fixtures.configuredWithDraw(), { offset: 0, timestamp: 0 });
        const requests = fans.map((fan, k) => ({ userId: `fan ${fan}`, offset: 3 * k + 1 }));
        for (const { userId, offset } of requests) queue.apply(fixtures.requestedBy(userId), { offset, timestamp: 1 });
        const gone = requests.splice(0, early);
        for (const [k, { userId }] of gone.entries())
          queue.apply(fixtures.leftBy(userId, 999), { offset: 1_000 + k, timestamp: 2 });
        const latecomers = Array.from({ length: late }, (_, k) => `late ${k}`);
        for (const [k, userId] of latecomers.entries())
          queue.apply(fixtures.requestedBy(userId), { offset: 2_000 + k, timestamp: 10_000 });
        queue.apply(fixtures.drawHeld(), { offset: 3_000, timestamp: 10_001 });

        const drawnOrder = fixtures.sortedByTicket(requests.map(({ offset }) => offset));
        expect([...queue.waitingEntries()].map(({ offset }) => offset).slice(0, requests.length)).toEqual(drawnOrder);
        expect(fixtures.waitingUsers(queue).slice(requests.length)).toEqual(latecomers);
        expect([...queue.waitingEntries()].map(({ place }) => place).slice(0, requests.length)).toEqual(
          requests.map(({ offset }) => offset),
        );
      }),
      propertyRuns(150),
    );
  });

  test('is the order of places', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        foldHistory(history, (queue) => {
          const places = [...queue.waitingEntries()].map(({ place }) => place);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        });
      }),
      propertyRuns(200),
    );
  });
});

describe('one event', () => {
  test('calls, expires or purges at most 500 entries', () => {
    const history: History = historyOfUsers(1_300);
    const counts = new Map<string, number[]>();
    foldHistory(history, (_, effect, { event }) => {
      if (effect === FULL_REFRESH) throw new Error('there is no draw');
      expect(effect.length).toBeLessThanOrEqual(MAX_CHANGES_PER_EVENT);
      if (effect.length > 1) counts.set(event.type, [...(counts.get(event.type) ?? []), effect.length]);
    });
    expect(counts.get('EntriesAdmitted')).toEqual([500, 500, 300]);
    // Expired, then purged.
    expect(counts.get('TimePassed')).toEqual([500, 500, 300, 500, 500, 300]);
  });
});

/** This many users request entry, are called, expire and are purged. */
function historyOfUsers(size: number): History {
  const year = 31_536_000;
  const events = [
    ...fixtures.requestedByFans(size),
    ...Array.from({ length: 4 }, () => fixtures.admittedUpTo(size)),
    ...Array.from({ length: 4 }, () => fixtures.timePassed(year)),
    ...Array.from({ length: 4 }, () => fixtures.timePassed(2 * year)),
  ];
  const timestampOf = (k: number) => (k < size + 4 ? k : fixtures.seconds(k < size + 8 ? year : 2 * year));
  return {
    first: { event: fixtures.configured({ capacity: size }), position: { offset: 0, timestamp: 0 } },
    rest: events.map((event, k) => ({ event, position: { offset: k + 1, timestamp: timestampOf(k) } })),
  };
}
