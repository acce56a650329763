import { describe, expect, test } from '@jest/globals';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { positionOf, redriveHeaders } from './redrive-headers.ts';

const record = (headers: LogRecord['headers']): LogRecord => ({
  partition: 0,
  offset: 9,
  timestamp: 5_000,
  key: null,
  value: null,
  headers,
});

describe('the position of a record', () => {
  test('is where it stands', () => {
    expect(positionOf(record({}))).toEqual({ offset: 9, timestamp: 5_000 });
  });
  test('names the dead letter that it repeats', () => {
    const headers = redriveHeaders({ offset: 3, timestamp: 4_000 });
    expect(headers).toMatchObject({ 'redrive-of': '3' });
    expect(positionOf(record(headers))).toMatchObject({ redriveOf: { offset: 3, timestamp: 4_000 } });
  });
  test('without the stamp of the dead letter lets every outcome count as later', () => {
    expect(positionOf(record({ 'redrive-of': Buffer.from('3') }))).toMatchObject({
      redriveOf: { offset: 3, timestamp: 0 },
    });
  });
  test.each(['', '-1', '1.5', 'x', '9'.repeat(20)])('is its own when the header says %p', (text) => {
    expect(positionOf(record({ 'redrive-of': text }))).toEqual({ offset: 9, timestamp: 5_000 });
  });
});
