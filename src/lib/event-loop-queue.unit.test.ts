import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { EventLoopQueue } from './event-loop-queue.ts';

test('lets one caller go on in each turn of the event loop, first come first served', async () => {
  const turns = new EventLoopQueue();
  const order: string[] = [];
  for (const name of ['a', 'b', 'c']) void turns.next().then(() => order.push(name));
  expect(order).toEqual([]);
  await setImmediate();
  expect(order).toEqual(['a']);
  void turns.next().then(() => order.push('d'));
  await setImmediate();
  expect(order).toEqual(['a', 'b']);
  await setImmediate();
  await setImmediate();
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});
