import { randomBytes } from 'node:crypto';
import { Consumer, MessagesStreamModes } from '@platformatic/kafka';
import type { Admin } from 'kafkajs';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { kafkaNames } from '../../../config/kafka-settings.ts';
import type { QueueEntryRequested } from '../../../domain/events.generated.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';

/** Options with a random name prefix. */
export function testSettings(brokers: readonly string[], more: Partial<KafkaOptions> = {}): KafkaOptions {
  const prefix = `t${randomBytes(5).toString('hex')}.`;
  return { ...kafkaNames(prefix), brokers, clientId: 'kafka-test', partitions: 4, replicationFactor: 1, ...more };
}

export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const jsonCodec: EventCodec = {
  encode: (event) => Buffer.from(JSON.stringify(event)),
  fingerprintOf: () => '',
  decode: () => {
    throw new Error('not used by these tests');
  },
};

export function asks(userId: string, concertId: string): QueueEntryRequested {
  return { type: 'QueueEntryRequested', concertId, userId, entryId: userId, occurredAt: 0 };
}

export async function withAdmin<T>(settings: KafkaOptions, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaClient(settings, silent).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes the topics and the consumer groups. */
export async function removeTopics(settings: KafkaOptions): Promise<void> {
  await withAdmin(settings, async (admin) => {
    const present = await admin.listTopics();
    const topics = [settings.topic, settings.deadLetterTopic, settings.schemaTopic].filter((topic) =>
      present.includes(topic),
    );
    await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(settings.groupId));
    if (ours.length > 0) await admin.deleteGroups(ours);
  });
}

/** All records of a topic by `partition/offset`, read with another client library. */
export async function readAll(settings: KafkaOptions, topic: string): Promise<ReadonlyMap<string, LogRecord>> {
  const consumer = new Consumer({
    clientId: 'kafka-test-reader',
    groupId: `${settings.groupId}-reader-${randomBytes(4).toString('hex')}`,
    bootstrapBrokers: [...settings.brokers],
  });
  const found = new Map<string, LogRecord>();
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    const total = ends.reduce((sum, end) => sum + Number(end), 0);
    if (total === 0) return found;
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
      maxWaitTime: 100,
    });
    for await (const { partition, offset, timestamp, key, value, headers } of stream) {
      found.set(`${partition}/${offset}`, {
        partition,
        offset: Number(offset),
        timestamp: Number(timestamp),
        key,
        value,
        headers: Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text])),
      });
      if (found.size >= total) break;
    }
  } finally {
    await consumer.close(true);
  }
  return found;
}
