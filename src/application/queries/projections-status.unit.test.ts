import { describe, expect, test } from '@jest/globals';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { PartitionState } from '../ports/queue-view.port.ts';
import { type PartitionStatus, ProjectionsStatus } from './projections-status.ts';

const NOW = 1_700_000_000_000;
const END = 100;

/** A log of one partition with `END` records, the last of them just written and a second between two. */
const log: LogReader = {
  partitions: 1,
  starts: () => Promise.resolve(new Map([[0, 0]])),
  ends: () => Promise.resolve(new Map([[0, END]])),
  read: async function* (partition, offset) {
    yield [{ partition, offset, timestamp: NOW - (END - 1 - offset) * 1_000, key: null, value: null, headers: {} }];
  },
};

/** What is seen when the record says this, and one moment later that. */
async function status(...seen: readonly (Partial<PartitionState> | undefined)[]): Promise<PartitionStatus | undefined> {
  let look = 0;
  const view = {
    progress: () => {
      const progress = seen[Math.min(look++, seen.length - 1)];
      const record = { checkpoint: END - 1, concertOffset: undefined, writtenAt: NOW, owner: 'here:1' };
      return Promise.resolve(progress && { ...record, ...progress });
    },
    concerts: () => Promise.resolve(['a', 'b']),
  };
  const deadLetters = { add: () => Promise.resolve(), of: () => Promise.resolve(new Map([[3, 5]])) };
  const [partition] = await new ProjectionsStatus({ log, deadLetters, view }, () => NOW, 10).look();
  return partition;
}

describe('the status of a partition', () => {
  test('is current when all records are projected', async () => {
    expect(await status({})).toEqual({
      partition: 0,
      owner: 'here:1',
      writtenAt: NOW,
      concerts: 2,
      logEnd: END,
      projectedOffset: END - 1,
      lagEvents: 0,
      lagSeconds: 0,
      eventsPerSecond: 0,
      deadLetters: 1,
      state: 'current',
    });
  });
  test('is current when the missing records are new', async () => {
    expect(await status({ checkpoint: END - 2 })).toMatchObject({ state: 'current', lagEvents: 1, lagSeconds: 0 });
  });
  test('is catching up while its checkpoint advances', async () => {
    const seen = await status({ checkpoint: 10 }, { checkpoint: 60 });
    expect(seen).toMatchObject({ state: 'catching up', lagEvents: 39, lagSeconds: 38 });
    expect(seen?.eventsPerSecond).toBeGreaterThan(10);
  });
  test('is stuck when its owner is alive and its checkpoint does not advance', async () => {
    expect(await status({ checkpoint: 10 })).toMatchObject({
      state: 'stuck',
      reason: expect.stringContaining('not come beyond offset 10'),
    });
  });
  test('is stuck when its owner is silent', async () => {
    expect(await status({ writtenAt: NOW - 60_000 })).toMatchObject({
      state: 'stuck',
      reason: expect.stringContaining('not written for 60 s'),
    });
  });
  test('is stuck without a stored checkpoint', async () => {
    expect(await status(undefined)).toMatchObject({ state: 'stuck', projectedOffset: -1, lagEvents: END });
  });
  test('is stuck when the checkpoint is beyond the end of the log', async () => {
    expect(await status({ checkpoint: END })).toMatchObject({
      state: 'stuck',
      reason: expect.stringContaining('recreated'),
    });
  });
});
