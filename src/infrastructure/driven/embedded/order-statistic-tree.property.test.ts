import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderStatisticTree } from './order-statistic-tree.ts';

describe('the line of those who wait', () => {
  test('counts as a sorted array does, whatever comes and goes', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(60));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const line = new OrderStatisticTree();
        const places = new Set<number>();
        for (const [comes, place] of steps) {
          if (comes) line.add(place);
          else line.delete(place);
          if (comes) places.add(place);
          else places.delete(place);
          expect(line.size).toBe(places.size);
          expect(line.has(place)).toBe(comes);
        }
        const sorted = [...places].toSorted((a, b) => a - b);
        expect(sorted.map((place) => line.rank(place))).toEqual([...sorted.keys()]);
      }),
    );
  });

  test('takes few steps for a long line that came in order', () => {
    const line = new OrderStatisticTree();
    // A tree that leans to one side would need as many nested calls as there are places, and fail.
    for (let place = 0; place < 200_000; place++) line.add(place);
    for (let place = 0; place < 100_000; place++) line.delete(place * 2);
    expect(line.size).toBe(100_000);
    expect(line.rank(150_001)).toBe(75_000);
  });
});
