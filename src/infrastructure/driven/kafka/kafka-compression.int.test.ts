import { afterEach, describe, expect, test } from '@jest/globals';
import kafkajs, { type CompressionTypes } from 'kafkajs';
import { eventually } from '../../../../test/support/eventually.ts';
import { stackAddresses } from '../../../../test/support/settings.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import { readAll, removeTopics, silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import { KafkaLogSubscription } from './kafka-log-subscription.ts';
import { KafkaPartitions } from './kafka-partitions.ts';

const settings = testSettings(stackAddresses().kafkaBrokers, { partitions: 2 });
const { GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
/** Longer than one block of a codec, and of text that compresses. */
const value = Buffer.from('a place in the queue, '.repeat(8_000));

afterEach(() => removeTopics(settings));

async function createTopic(compression: string): Promise<void> {
  const configEntries = [
    { name: 'compression.type', value: compression },
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ];
  const topics = [{ topic: settings.topic, numPartitions: 2, replicationFactor: 1, configEntries }];
  await withAdmin(settings, async (admin) => {
    await admin.createTopics({ topics, waitForLeaders: false });
    await eventually(() => admin.fetchTopicOffsets(settings.topic));
  });
}

async function send(compression: CompressionTypes | undefined): Promise<void> {
  const producer = kafkaClient(settings, silent).producer({ createPartitioner: () => () => 0 });
  await producer.connect();
  const messages = ['a', 'b'].map((key) => ({ key, value }));
  await producer.send({ topic: settings.topic, messages, ...(compression !== undefined && { compression }) });
  await producer.disconnect();
}

/** What the consumer group of the service delivers. */
async function consumed(): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const subscription = new KafkaLogSubscription(settings, silent);
  const consumer = {
    assigned: async () => 0,
    revoked: () => undefined,
    consume: async (_partition: number, slice: readonly LogRecord[]) => void records.push(...slice),
    passed: async () => undefined,
  };
  await subscription.start(consumer, (error) => {
    throw error;
  });
  try {
    await eventually(() => records.length === 2);
  } finally {
    await subscription.stop();
  }
  return records;
}

async function read(): Promise<readonly LogRecord[]> {
  const partitions = new KafkaPartitions(settings, silent);
  const records: LogRecord[] = [];
  for await (const slice of partitions.read(settings.topic, 0, 0, 2)) records.push(...slice);
  await partitions.close();
  return records;
}

const expected = ['a', 'b'].map((key) => expect.objectContaining({ key: Buffer.from(key), value }));

describe.each([
  ['gzip', GZIP],
  ['snappy', Snappy],
  ['lz4', LZ4],
  ['zstd', ZSTD],
])('%s', (name, type) => {
  test('is read from a topic with this compression.type', async () => {
    await createTopic(name);
    await send(undefined);
    expect(await consumed()).toEqual(expected);
    expect(await read()).toEqual(expected);
  });

  test('is written so that another client reads it, and read from a producer that chose it', async () => {
    await createTopic('producer');
    await send(type);
    expect([...(await readAll(settings, settings.topic)).values()]).toEqual(expected);
    expect(await consumed()).toEqual(expected);
  });
});
