import { expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { eventually } from '../../../../test/support/eventually.ts';
import { silent, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { newLog, subscribe } from './log-subscription.fixtures.ts';
import { RecordingConsumer } from './recording-consumer.fixtures.ts';

const YEAR_MS = 365 * 86_400_000;

async function setTimestampType(settings: KafkaOptions, value: string): Promise<void> {
  const type = { name: 'message.timestamp.type', value };
  const retention = { name: 'retention.ms', value: '-1' };
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: settings.topic, configEntries: [type, retention] };
  await withAdmin(settings, (admin) => admin.alterConfigs({ validateOnly: false, resources: [resource] }));
}

async function send(settings: KafkaOptions, key: string): Promise<void> {
  const producer = kafkaClient(settings, silent).producer({ createPartitioner: () => () => 0 });
  await producer.connect();
  const timestamp = `${Date.now() - YEAR_MS}`;
  await producer.send({ topic: settings.topic, messages: [{ key, value: 'x', timestamp }] });
  await producer.disconnect();
}

test("a record that was written while the topic had CreateTime has no time: its producer's clock decides nothing", async () => {
  const settings = await newLog(1);
  await send(settings, 'before');
  await setTimestampType(settings, 'CreateTime');
  await send(settings, 'meanwhile');
  await setTimestampType(settings, 'LogAppendTime');
  await send(settings, 'after');

  const consumer = new RecordingConsumer();
  await subscribe(settings, consumer).started;
  await eventually(() => consumer.records.length === 3);
  const now = expect.closeTo(Date.now(), -6);
  expect(consumer.records.map(({ timestamp }) => timestamp)).toEqual([now, 0, now]);

  const partitions = new KafkaPartitions(settings, silent);
  const read: number[] = [];
  for await (const records of partitions.read(settings.topic, 0, 0, 3))
    read.push(...records.map(({ timestamp }) => timestamp));
  await partitions.close();
  expect(read).toEqual([now, 0, now]);
}, 60_000);
