import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderStatisticTree } from './order-statistic-tree.ts';

describe('OrderStatisticTree', () => {
  test('has the same ranks as a sorted array after any additions and deletions', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(60));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const tree = new OrderStatisticTree();
        const places = new Set<number>();
        for (const [isAdded, place] of steps) {
          if (isAdded) tree.add(place);
          else tree.delete(place);
          if (isAdded) places.add(place);
          else places.delete(place);
          expect(tree.size).toBe(places.size);
          expect(tree.has(place)).toBe(isAdded);
        }
        const sorted = [...places].toSorted((a, b) => a - b);
        expect(sorted.map((place) => tree.rank(place))).toEqual([...sorted.keys()]);
      }),
    );
  });

  test('stays balanced when many places are added in order', () => {
    const tree = new OrderStatisticTree();
    // An unbalanced tree would exceed the call stack.
    for (let place = 0; place < 200_000; place++) tree.add(place);
    for (let place = 0; place < 100_000; place++) tree.delete(place * 2);
    expect(tree.size).toBe(100_000);
    expect(tree.rank(150_001)).toBe(75_000);
  });
});
