import { expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import { GetQueueHandler } from './get-queue.handler.ts';
import { GetQueue } from './get-queue.query.ts';
import { QueueCache } from './queue-cache.ts';

/** A log of six records, all in the partition's record; the concert's own head is at these offsets, one after another. */
function directory(heads: readonly number[]): QueueCache {
  let looks = 0;
  const queue = ConcertQueue.begin(fixtures.configured(), { offset: 0, timestamp: 1 });
  const view = viewThat({
    queue: async () => {
      const offset = heads[Math.min(looks++, heads.length - 1)] ?? 0;
      const { head, attributes } = shown(queue);
      return { head: { ...head, offset }, attributes };
    },
    progress: async () => ({ checkpoint: 5, concertOffset: 5, writtenAt: 0, owner: 'p' }),
  });
  const log = logThat({ endOffset: async () => 6 });
  return new QueueCache(view, log);
}

test('does not confirm a queue whose view is behind the checkpoint of its partition', async () => {
  expect(await directory([3]).confirmed('c1', 700)).toBeUndefined();
});

test('waits for a head to reach the checkpoint of its partition', async () => {
  expect(await directory([3, 3, 5]).confirmed('c1', 700)).toMatchObject({ head: { offset: 5 } });
});

test('returns the same document object for the same read', async () => {
  const queues = directory([3, 4]);
  const handler = new GetQueueHandler(queues);
  const ask = () => handler.execute(new GetQueue('c1'));
  const first = await ask();
  expect(await ask()).toBe(first);
  await queues.renew('c1', 1_000);
  expect([first.projectedOffset, (await ask()).projectedOffset]).toEqual([3, 4]);
});

test('requests for unknown concerts share one wait while the projection lags', async () => {
  let polls = 0;
  let lookups = 0;
  let checkpoint = 2;
  const view = viewThat({
    queue: async () => undefined,
    progress: async (_partition, concertId) => {
      if (concertId === '') polls += 1;
      else lookups += 1;
      return { checkpoint, concertOffset: undefined, writtenAt: 0, owner: 'p' };
    },
  });
  const queues = new QueueCache(view, logThat({ endOffset: async () => 6, partitionOf: () => 0 }));
  const requests = Array.from({ length: 200 }, (_, number) => queues.get(`unknown-${number}`, 0));
  const outcomes = Promise.allSettled(requests);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const pollsWhileLagging = polls;
  checkpoint = 5;
  const codes = (await outcomes).map((one) => (one.status === 'rejected' ? one.reason.code : 'found'));
  expect(new Set(codes)).toEqual(new Set(['CONCERT_NOT_FOUND']));
  expect(pollsWhileLagging).toBeLessThan(30);
  expect(lookups).toBe(200);
});
