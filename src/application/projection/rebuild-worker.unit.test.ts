import { afterEach, expect, jest, test } from '@jest/globals';
import { MemoryRebuildRequests } from '../../infrastructure/driven/embedded/memory-rebuild-requests.ts';
import type { PartitionProjection } from './partition-projection.ts';
import type { RebuildPorts } from './partition-rebuild.ts';
import { OWNER_TIMEOUT_MS } from './rebuild-progress.ts';
import { RebuildWorker } from './rebuild-worker.ts';

afterEach(() => {
  jest.useRealTimers();
});

/** A partition of an empty log. */
function emptyPartition(partition: number): PartitionProjection {
  const observers = new Set<unknown>();
  return {
    partition,
    caughtUp: true,
    checkpoint: -1,
    concerts: new Map(),
    skipped: { mergeDeadLetters: () => {}, markPending: () => {}, unverified: new Map() },
    times: { merge: () => {}, markVerified: () => {}, unverified: new Map() },
    resetTimestamp: () => {},
    saveCheckpoint: async () => {},
    observe: (observer: unknown) => void observers.add(observer),
    stopObserving: (observer: unknown) => void observers.delete(observer),
    isObservedBy: (observer: unknown) => observers.has(observer),
  } as unknown as PartitionProjection;
}

test('a request that waits longer than the owner timeout stays open and is served in its turn', async () => {
  jest.useFakeTimers();
  const requests = new MemoryRebuildRequests('owner');
  let allowRead = (): void => {};
  const readAllowed = new Promise<void>((resolve) => {
    allowRead = resolve;
  });
  const ports = {
    log: {
      starts: async () => {
        await readAllowed;
        return new Map();
      },
      read: async function* () {},
    },
    deadLetters: { of: async () => new Map(), timeCorrections: async () => new Map() },
  } as unknown as RebuildPorts;
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const partitions = [0, 1];
  const worker = new RebuildWorker({ owned: () => partitions.map(emptyPartition) }, requests, ports, logger);
  for (const partition of partitions) await requests.request(partition, 'id', undefined);
  worker.start();
  const rebuilds = () => Promise.all(partitions.map((partition) => requests.latest(partition)));

  await jest.advanceTimersByTimeAsync(3 * OWNER_TIMEOUT_MS);
  const waiting = await rebuilds();
  expect(waiting.map((rebuild) => rebuild?.progress.state)).toEqual(['folding', 'requested']);
  for (const rebuild of waiting) expect(rebuild?.sinceReportMs).toBeLessThan(OWNER_TIMEOUT_MS);
  allowRead();
  await jest.advanceTimersByTimeAsync(3_000);
  expect((await rebuilds()).map((rebuild) => rebuild?.progress.state)).toEqual(['done', 'done']);
  worker.stop();
});
