import { expect, test } from '@jest/globals';
import { seed, sortedByTicket } from './concert-queue.fixtures.ts';
import { drawOrder } from './draw.ts';

test('the draw order is that of the tickets, for offsets of any size', () => {
  const offsets = [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER];
  const registered = offsets.map((offset) => {
    const identity = { userId: `fan ${offset}`, entryId: `${offset}`, offset, place: offset };
    return { ...identity, state: 'REGISTERED' } as const;
  });
  const order = drawOrder(registered.toReversed(), seed);
  expect(order.map(({ entry }) => entry.offset)).toEqual(sortedByTicket(offsets));
  expect(order.map(({ place }) => place)).toEqual(offsets);
});
