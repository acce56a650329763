import { expect, test } from '@jest/globals';
import type { TimeCorrection } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { addCorrection, correctionHeaders, correctionOf, logTimeOf } from './time-corrections.ts';

const CORRECTION = { offset: 7, timestamp: 9_000, time: 5_000 };

const stored = (headers: LogRecord['headers']): LogRecord => ({
  partition: 2,
  offset: 0,
  timestamp: 1,
  key: null,
  value: null,
  headers,
});

test('a stored correction is read back, only in its own topic and partition', () => {
  const headers = correctionHeaders('queue.entry', 2, CORRECTION);
  expect(correctionOf('queue.entry', stored(headers))).toEqual(CORRECTION);
  expect(correctionOf('other', stored(headers))).toBeUndefined();
  expect(correctionOf('queue.entry', { ...stored(headers), partition: 1 })).toBeUndefined();
  expect(correctionOf('queue.entry', stored({ ...headers, 'time-log-time': 'soon' }))).toBeUndefined();
});

test('a correction changes the time of the record with its timestamp, and the first decision counts', () => {
  const corrections = new Map<number, TimeCorrection>();
  addCorrection(corrections, CORRECTION);
  addCorrection(corrections, { ...CORRECTION, time: 6_000 });
  expect(logTimeOf({ offset: 7, timestamp: 9_000 }, corrections)).toBe(5_000);
  expect(logTimeOf({ offset: 7, timestamp: 8_000 }, corrections)).toBe(8_000);
  expect(logTimeOf({ offset: 8, timestamp: 9_000 }, corrections)).toBe(9_000);
});
