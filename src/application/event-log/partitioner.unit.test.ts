import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { keyBelongs, keyOf, murmur2, partitionOf } from './partitioner.ts';

const requested: QueueEvent = {
  type: 'QueueEntryRequested',
  concertId: 'c-1',
  userId: 'ann',
  entryId: 'e',
  occurredAt: 0,
};
const paused: QueueEvent = { type: 'QueuePaused', concertId: 'c-1', occurredAt: 0 };

describe('the partition of a concert', () => {
  // From org.apache.kafka.common.utils.UtilsTest#testMurmur2.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  test('is the one that a Java-compatible partitioner chooses for the concertId', () => {
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    for (let n = 0; n < 2000; n++) {
      const concertId = `Concert~${n ** 3}_${'x'.repeat(n % 7)}.ü`;
      const expected = partitioner({ topic: 't', partitionMetadata, message: { key: concertId, value: '' } });
      expect(partitionOf(concertId, 12)).toBe(expected);
    }
  });

  test('uses every partition', () => {
    const used = new Set(Array.from({ length: 400 }, (_, n) => partitionOf(`concert-${n}`, 12)));
    expect([...used].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('the key of an event', () => {
  test('names the user and the concert for an event of a user', () => {
    expect(keyOf(requested)).toBe('ann:c-1');
  });
  test('names the concert for an event of the queue', () => {
    expect(keyOf(paused)).toBe('c-1');
  });
  test('belongs to one event only', () => {
    expect(keyBelongs(requested, Buffer.from('ann:c-1'))).toBe(true);
    expect(keyBelongs(paused, Buffer.from('c-1'))).toBe(true);
    expect(keyBelongs(requested, Buffer.from('bo:c-1'))).toBe(false);
    expect(keyBelongs(requested, Buffer.from('c-1'))).toBe(false);
    expect(keyBelongs(paused, null)).toBe(false);
  });
});
