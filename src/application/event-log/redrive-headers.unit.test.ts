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
  test('is its offset and timestamp', () => {
    expect(positionOf(record({}))).toEqual({ offset: 9, timestamp: 5_000 });
  });
  test('names the record of a redriven dead letter', () => {
    const headers = redriveHeaders({ ...record({}), offset: 3, timestamp: 4_000 });
    expect(headers).toMatchObject({ 'redrive-of': '3' });
    expect(positionOf(record(headers))).toMatchObject({ redriveOf: { offset: 3, timestamp: 4_000 } });
  });
  test('has timestamp 0 for a redrive without the original timestamp', () => {
    expect(positionOf(record({ 'redrive-of': Buffer.from('3') }))).toMatchObject({
      redriveOf: { offset: 3, timestamp: 0 },
    });
  });
  test.each(['', '-1', '1.5', 'x', '9'.repeat(20)])('names no other record if the header is %p', (text) => {
    expect(positionOf(record({ 'redrive-of': text }))).toEqual({ offset: 9, timestamp: 5_000 });
  });
});
