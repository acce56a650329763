import { afterEach, expect, jest, test } from '@jest/globals';
import { MemoryRebuildRequests } from '../../infrastructure/driven/embedded/memory-rebuild-requests.ts';
import { FollowRebuild } from '../operations/request-rebuild.ts';
import { OWNER_TIMEOUT_MS } from '../ports/rebuild-requests.port.ts';
import type { PartitionProjection } from './partition-projection.ts';
import type { RebuildPorts } from './partition-rebuild.ts';
import { RebuildWorker } from './rebuild-worker.ts';

afterEach(() => {
  jest.useRealTimers();
});

/** Of a log in which nothing is. */
function emptyPartition(partition: number): PartitionProjection {
  const follower = new Set<unknown>();
  return {
    partition,
    caughtUp: true,
    checkpoint: -1,
    concerts: new Map(),
    skipped: { hear: () => {}, announce: () => {}, doubtful: new Map() },
    record: async () => {},
    follow: (one: unknown) => void follower.add(one),
    unfollow: (one: unknown) => void follower.delete(one),
    isFollowedBy: (one: unknown) => follower.has(one),
  } as unknown as PartitionProjection;
}

test('a partition that waits longer than a dead one is silent is rebuilt when its turn comes', async () => {
  jest.useFakeTimers();
  const requests = new MemoryRebuildRequests('the only one');
  let letRead = (): void => {};
  const mayRead = new Promise<void>((resolve) => {
    letRead = resolve;
  });
  const ports = {
    log: {
      starts: async () => {
        await mayRead;
        return new Map();
      },
      read: async function* () {},
    },
    deadLetters: { of: async () => new Map() },
  } as unknown as RebuildPorts;
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const partitions = [0, 1];
  const desk = new RebuildWorker({ owned: () => partitions.map(emptyPartition) }, requests, ports, silent);
  const follow = new FollowRebuild(requests);
  await follow.ask(partitions, undefined);
  desk.start();
  const states = async (): Promise<string[]> => {
    const looks = await follow.watch(partitions).next();
    return looks.value.map(({ state }: { state: string }) => state);
  };

  await jest.advanceTimersByTimeAsync(3 * OWNER_TIMEOUT_MS);
  expect(await states()).toEqual(['folding', 'requested']);
  letRead();
  await jest.advanceTimersByTimeAsync(3_000);
  expect(await states()).toEqual(['done', 'done']);
  desk.stop();
});
