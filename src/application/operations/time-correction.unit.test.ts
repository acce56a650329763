import { expect, test } from '@jest/globals';
import type { TimeCorrection } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { CorrectTimes } from './time-correction.ts';

/** A partition whose records have these timestamps. */
function partitionOf(...timestamps: readonly number[]) {
  const records = timestamps.map(
    (timestamp, offset): LogRecord => ({ partition: 0, offset, timestamp, key: null, value: null, headers: {} }),
  );
  const log: LogReader = {
    partitions: 1,
    starts: async () => new Map([[0, 0]]),
    ends: async () => new Map([[0, records.length]]),
    async *read(_, from, to) {
      yield records.slice(from, to);
    },
  };
  const stored = new Map<number, TimeCorrection>();
  const deadLetters = {
    timeCorrections: async () => new Map(stored),
    correctTimes: async (_: number, corrections: readonly TimeCorrection[]) => {
      for (const correction of corrections) stored.set(correction.offset, correction);
    },
  };
  return { stored, correctTimes: new CorrectTimes({ log, deadLetters }) };
}

test('gives each record of the range that is stamped later the log time of the record before the range', async () => {
  const { stored, correctTimes } = partitionOf(10, 20, 900, 15, 950, 30);
  const result = await correctTimes.run(0, 2, 4);
  expect(result).toMatchObject({ time: 20, unchanged: 1 });
  expect([...stored.values()]).toEqual([
    { offset: 2, timestamp: 900, time: 20 },
    { offset: 4, timestamp: 950, time: 20 },
  ]);
  expect(await correctTimes.run(0, 2, 4)).toMatchObject({ corrected: [], unchanged: 3 });
});

test('passes over records before the range that have no time, and takes corrected times', async () => {
  const { correctTimes } = partitionOf(10, 900, 0, 901);
  await correctTimes.run(0, 1, 1);
  expect(await correctTimes.run(0, 3, 3)).toMatchObject({ time: 10, corrected: [{ offset: 3 }] });
});

test('refuses records that the log does not have, and a range without a time before it', async () => {
  const { correctTimes } = partitionOf(10, 20);
  await expect(correctTimes.run(0, 1, 2)).rejects.toThrow('ends before offset 2');
  await expect(correctTimes.run(1, 0, 0)).rejects.toThrow('ends before offset 0');
  await expect(correctTimes.run(0, 0, 1)).rejects.toThrow('No record before offset 0');
});
