import { describe, expect, test } from '@jest/globals';
import type { RecordMetadata } from 'kafkajs';
import { ackOf, isDefinitelyNotWritten } from './partition-producer.ts';

const wrapped = (cause: Error) => new Error('retries exceeded', { cause });

describe('a produce result', () => {
  const good: RecordMetadata = {
    topicName: 't',
    partition: 2,
    errorCode: 0,
    baseOffset: '5',
    logAppendTime: '1700000000000',
  };

  test('is an acknowledgement if it is the only one, for this partition', () => {
    expect(ackOf([good], 't', 2)).toEqual({ baseOffset: 5, timestamp: 1_700_000_000_000 });
  });
  test.each<[string, RecordMetadata[]]>([
    ['is missing', []],
    ['is repeated', [good, good]],
    ['is for another partition', [{ ...good, partition: 1 }]],
    ['is for another topic', [{ ...good, topicName: 'u' }]],
    ['has an error', [{ ...good, errorCode: 7 }]],
    ['has no offset', [{ topicName: 't', partition: 2, errorCode: 0 }]],
    ['has the offset -1', [{ ...good, baseOffset: '-1' }]],
  ])('is no acknowledgement if it %s', (_, results) => {
    expect(() => ackOf(results, 't', 2)).toThrow();
  });

  test('allows a retry only if the broker wrote nothing', () => {
    expect(isDefinitelyNotWritten(wrapped(Object.assign(new Error(), { type: 'NOT_LEADER_FOR_PARTITION' })))).toBe(
      true,
    );
    expect(isDefinitelyNotWritten(Object.assign(new Error(), { type: 'NOT_ENOUGH_REPLICAS' }))).toBe(true);
    expect(isDefinitelyNotWritten(Object.assign(new Error(), { type: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' }))).toBe(
      false,
    );
    expect(isDefinitelyNotWritten(Object.assign(new Error(), { type: 'REQUEST_TIMED_OUT' }))).toBe(false);
    expect(isDefinitelyNotWritten(wrapped(new Error('Closed connection')))).toBe(false);
  });
});
