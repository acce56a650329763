import { beforeEach, expect, jest, test } from '@jest/globals';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { TimeCheck } from './time-check.ts';

const BOUND_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;
const uncorrected = ({ timestamp }: LogRecord) => timestamp;

const probe = jest.fn<() => Promise<number>>();
const differs = jest.fn();
beforeEach(() => {
  probe.mockReset();
  differs.mockReset();
});

const timeCheck = () =>
  new TimeCheck(0, { boundMs: BOUND_MS, appendProbe: probe, onCorrected: () => undefined, onClockDiffers: differs });

const recordsAt = (...timestamps: readonly number[]) =>
  timestamps.map(
    (timestamp, offset): LogRecord => ({ partition: 0, offset, timestamp, key: null, value: null, headers: {} }),
  );

test('suspects only records after the checkpoint that are ahead of the clock by more than the bound', () => {
  const now = Date.now();
  const records = recordsAt(now + YEAR_MS, now + BOUND_MS / 2);
  expect(timeCheck().isSuspect(records, -1, uncorrected)).toBe(true);
  expect(timeCheck().isSuspect(records, 0, uncorrected)).toBe(false);
  expect(timeCheck().isSuspect(records, -1, () => now)).toBe(false);
});

test('gives records that are ahead of an own record the log time of the record before them', async () => {
  const now = Date.now();
  probe.mockResolvedValue(now);
  const records = recordsAt(now + YEAR_MS, now - 500, now + YEAR_MS, now + YEAR_MS);
  const corrections = await timeCheck().corrections(records, now - 1_000, uncorrected);
  expect(corrections.map(({ offset, time }) => [offset, time - now])).toEqual([
    [0, -1_000],
    [2, -500],
    [3, -500],
  ]);
  expect(differs).not.toHaveBeenCalled();
});

test('corrects nothing while the log agrees with the records: only the clock of the process differs', async () => {
  const now = Date.now();
  probe.mockResolvedValue(now + YEAR_MS);
  const check = timeCheck();
  for (let batch = 0; batch < 10; batch++)
    expect(await check.corrections(recordsAt(now + YEAR_MS), now, uncorrected)).toEqual([]);
  expect(differs).toHaveBeenCalledTimes(10);
  expect(probe).toHaveBeenCalledTimes(1); // its own record is ahead as well, and must not cause another one
});

test('waits while the log gives its records no time', async () => {
  probe.mockResolvedValue(-1);
  await expect(timeCheck().corrections(recordsAt(Date.now() + YEAR_MS), 0, uncorrected)).rejects.toThrow('no time');
});
