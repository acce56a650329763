import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyHistory, fold, type History, likelyHistory, tried } from './concert-queue.arbitraries.ts';
import * as say from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import { FULL_REFRESH, MAX_CHANGES_PER_EVENT } from './types.ts';

describe('the order of those who wait', () => {
  test('is that of their receipts where nothing was drawn', () => {
    fc.assert(
      fc.property(likelyHistory, (history) => {
        fold(history, (queue) => {
          if (queue.draw?.seed) return;
          const waiting = [...queue.save().entries].filter(({ state }) => state === 'WAITING');
          const inOrder = waiting.toSorted((a, b) => a.offset - b.offset);
          expect([...queue.waitingEntries()].map(({ place }) => place)).toEqual(inOrder.map(({ offset }) => offset));
        });
      }),
      tried(200),
    );
  });

  test('is that of the draw, latecomers behind by their receipts', () => {
    const drawn = fc.tuple(fc.uniqueArray(fc.nat(99), { minLength: 1 }), fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(drawn, ([fans, early, late]) => {
        const queue = ConcertQueue.begin(say.drawing(), { offset: 0, timestamp: 0 });
        const asked = fans.map((fan, k) => ({ userId: `fan ${fan}`, offset: 3 * k + 1 }));
        for (const { userId, offset } of asked) queue.apply(say.asks(userId), { offset, timestamp: 1 });
        const gone = asked.splice(0, early);
        for (const [k, { userId }] of gone.entries())
          queue.apply(say.leaves(userId, 999), { offset: 1_000 + k, timestamp: 2 });
        const latecomers = Array.from({ length: late }, (_, k) => `late ${k}`);
        for (const [k, userId] of latecomers.entries())
          queue.apply(say.asks(userId), { offset: 2_000 + k, timestamp: 10_000 });
        queue.apply(say.draws(), { offset: 3_000, timestamp: 10_001 });

        const drawnOrder = say.byTicket(asked.map(({ offset }) => offset));
        expect([...queue.waitingEntries()].map(({ offset }) => offset).slice(0, asked.length)).toEqual(drawnOrder);
        expect(say.line(queue).slice(asked.length)).toEqual(latecomers);
        expect([...queue.waitingEntries()].map(({ place }) => place).slice(0, asked.length)).toEqual(
          asked.map(({ offset }) => offset),
        );
      }),
      tried(150),
    );
  });

  test('is in growing places, draw or not', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        fold(history, (queue) => {
          const places = [...queue.waitingEntries()].map(({ place }) => place);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        });
      }),
      tried(200),
    );
  });
});

describe('one event', () => {
  test('calls, expires or forgets at most 500', () => {
    const history: History = crowded(1_300);
    const counts = new Map<string, number[]>();
    fold(history, (_, effect, { event }) => {
      if (effect === FULL_REFRESH) throw new Error('nothing was drawn');
      expect(effect.length).toBeLessThanOrEqual(MAX_CHANGES_PER_EVENT);
      if (effect.length > 1) counts.set(event.type, [...(counts.get(event.type) ?? []), effect.length]);
    });
    expect(counts.get('EntriesAdmitted')).toEqual([500, 500, 300]);
    // Expired, then forgotten.
    expect(counts.get('TimePassed')).toEqual([500, 500, 300, 500, 500, 300]);
  });
});

/** So many ask, are called, expire and are forgotten. */
function crowded(size: number): History {
  const year = 31_536_000;
  const events = [
    ...say.crowd(size),
    ...Array.from({ length: 4 }, () => say.calls(size)),
    ...Array.from({ length: 4 }, () => say.passed(year)),
    ...Array.from({ length: 4 }, () => say.passed(2 * year)),
  ];
  const stampOf = (k: number) => (k < size + 4 ? k : say.seconds(k < size + 8 ? year : 2 * year));
  return {
    first: { event: say.configured({ capacity: size }), position: { offset: 0, timestamp: 0 } },
    rest: events.map((event, k) => ({ event, position: { offset: k + 1, timestamp: stampOf(k) } })),
  };
}
