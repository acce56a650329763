import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { EventReader } from './event-reader.ts';
import type { PartitionProjection } from './partition-projection.ts';
import { Projector } from './projector.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const view = {
  partition: async () => undefined,
  heads: async () => new Map(),
  advancePartition: async () => 'applied',
  reach: async () => undefined,
  damaged: async () => [],
} as unknown as QueueViewWriter;

function projectorOf(removed: PartitionProjection[]): Projector {
  const dependencies = {
    view,
    deadLetters: {
      of: async () => new Map(),
      add: async () => undefined,
      timeCorrections: async () => new Map(),
      correctTimes: async () => undefined,
    },
    reader: {} as EventReader,
    endOffset: async () => 0,
    onDeadLetter: () => undefined,
  };
  const listener = {
    onAssigned: () => () => null,
    onProjected: () => undefined,
    onHeartbeat: (_partition: PartitionProjection, write: () => Promise<void>) => write(),
    onVerified: () => undefined,
    onRemoved: (partition: PartitionProjection) => void removed.push(partition),
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return new Projector(dependencies, listener, silent);
}

test('removes a partition from memory a minute after it was revoked, unless it is assigned again', async () => {
  const removed: PartitionProjection[] = [];
  const projector = projectorOf(removed);
  projector.start();
  for (const partition of [0, 1, 2]) await projector.assigned(partition);
  projector.revoked(0);
  projector.revoked(1);
  await jest.advanceTimersByTimeAsync(30_000);
  await projector.assigned(1);
  expect([...projector.partitions.keys()]).toEqual([0, 1, 2]);
  await jest.advanceTimersByTimeAsync(31_000);
  expect([...projector.partitions.keys()]).toEqual([1, 2]);
  expect(removed.map(({ partition }) => partition)).toEqual([0]);
  expect(projector.owned().map(({ partition }) => partition)).toEqual([1, 2]);
  projector.stop();
});
