import { describe, expect, test } from '@jest/globals';
import { EntryIndex } from './entries.ts';
import type { Waiting } from './types.ts';

const SIZE = 100_000;

/** Entries that count how often any of their places is read. */
class CountedEntries {
  reads = 0;

  at(place: number): Waiting {
    const count = () => {
      this.reads += 1;
      return place;
    };
    const entry = { state: 'WAITING', userId: `fan ${place}`, entryId: `${place}`, offset: place } as const;
    return Object.defineProperty({ ...entry, place }, 'place', { get: count, enumerable: true });
  }

  /** Reads that `work` needs. */
  readsOf(work: () => void): number {
    this.reads = 0;
    work();
    return this.reads;
  }
}

describe('an insertion before 100,000 waiting entries', () => {
  const counted = new CountedEntries();
  const entries = new EntryIndex();
  const appending = counted.readsOf(() => {
    for (let k = 0; k < SIZE; k++) entries.insert(counted.at(2 * k + 1_001));
  });
  const places = () => [...entries.waiting.inOrder()].map(({ place }) => place);

  test('reads few places, and an append reads two', () => {
    expect(appending).toBeLessThanOrEqual(2 * SIZE);
    expect(counted.readsOf(() => entries.insert(counted.at(1)))).toBeLessThanOrEqual(4);
    expect(counted.readsOf(() => entries.insert(counted.at(2)))).toBeLessThanOrEqual(12);
    expect(places().slice(0, 2)).toEqual([1, 2]);
  });

  test('reads a number of places that grows with the logarithm of the entries inserted before', () => {
    const most = { first: 0, last: 0 };
    for (let k = 0; k < SIZE; k++) {
      // 7 is coprime to SIZE: every even place once, in no order.
      const reads = counted.readsOf(() => entries.insert(counted.at(2 * ((7 * k) % SIZE) + 1_002)));
      const part = k < 1_000 ? 'first' : 'last';
      most[part] = Math.max(most[part], reads);
    }
    expect(most.last).toBeLessThanOrEqual(2 * most.first);
    expect(most.last).toBeLessThanOrEqual(2 + 4 * Math.ceil(Math.log2(SIZE)));
    expect(entries.waiting.size).toBe(2 * SIZE + 2);
    expect(places()).toEqual(places().toSorted((a, b) => a - b));
  });

  test('is undone by a deletion with as few reads', () => {
    const user = { state: 'WAITING', userId: 'fan 1', entryId: '1', offset: 1, place: 1 } as const;
    const left = { ...user, state: 'LEFT', endedAt: 1 } as const;
    expect(counted.readsOf(() => entries.replace(user, left))).toBeLessThanOrEqual(4 * Math.ceil(Math.log2(SIZE)));
    expect(places()[0]).toBe(2);
  });
});

describe('waiting entries', () => {
  test('may be deleted while they are returned in order', () => {
    const entries = new EntryIndex();
    const counted = new CountedEntries();
    for (const place of [10, 20, 5, 15, 1]) entries.insert(counted.at(place));
    const seen: number[] = [];
    for (const { place, userId } of entries.waiting.inOrder()) {
      seen.push(place);
      entries.waiting.delete(userId);
    }
    expect([seen, entries.waiting.size]).toEqual([[1, 5, 10, 15, 20], 0]);
  });

  test('that stay are each returned once by `all` while others change', () => {
    const entries = new EntryIndex();
    const counted = new CountedEntries();
    for (const place of [10, 20, 30]) entries.insert(counted.at(place));
    const all = entries.all();
    const first = all.next().value;
    entries.insert(counted.at(5));
    entries.waiting.delete('fan 20');
    entries.insert(counted.at(25));
    const users = [first, ...all].map((entry) => entry?.userId);
    expect(new Set(users)).toEqual(new Set(['fan 5', 'fan 10', 'fan 25', 'fan 30']));
    expect(users).toHaveLength(4);
  });
});
