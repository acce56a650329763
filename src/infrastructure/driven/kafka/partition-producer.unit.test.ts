import { describe, expect, test } from '@jest/globals';
import type { RecordMetadata } from 'kafkajs';
import { acknowledged, isDefinitelyNotWritten } from './partition-producer.ts';

const wrapped = (cause: Error) => new Error('retries exceeded', { cause });

describe('an answer of the broker', () => {
  const good: RecordMetadata = {
    topicName: 't',
    partition: 2,
    errorCode: 0,
    baseOffset: '5',
    logAppendTime: '1700000000000',
  };

  test('is an acknowledgement when it is the one of the one partition', () => {
    expect(acknowledged([good], 't', 2)).toEqual({ baseOffset: 5, timestamp: 1_700_000_000_000 });
  });
  test.each<[string, RecordMetadata[]]>([
    ['is missing', []],
    ['comes twice', [good, good]],
    ['is about another partition', [{ ...good, partition: 1 }]],
    ['is about another topic', [{ ...good, topicName: 'u' }]],
    ['carries an error', [{ ...good, errorCode: 7 }]],
    ['has no offset', [{ topicName: 't', partition: 2, errorCode: 0 }]],
    ['has the offset -1', [{ ...good, baseOffset: '-1' }]],
  ])('is none when it %s', (_, answers) => {
    expect(() => acknowledged(answers, 't', 2)).toThrow();
  });

  test('lets a batch be sent again only when it says that nothing was taken', () => {
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
