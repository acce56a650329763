import { afterAll, describe, expect, test } from '@jest/globals';
import type { Consumer } from 'kafkajs';
import { startDedicatedKafka } from '../../../../test/support/dedicated-kafka.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { testResources } from '../../../../test/support/test-resources.ts';
import { removeTopics, silent, testSettings } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import { KafkaLogSubscription } from './kafka-log-subscription.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { ensureTopics } from './kafka-topics.ts';
import { newLog, subscribe } from './log-subscription.fixtures.ts';
import { RecordingConsumer } from './recording-consumer.fixtures.ts';

describe('a foreign member of the consumer group', () => {
  const members: Consumer[] = [];
  const topics: KafkaOptions[] = [];
  afterAll(async () => {
    await Promise.all(members.map((member) => member.disconnect()));
    await Promise.all(topics.map(removeTopics));
  });

  /** Subscribes to another topic. */
  async function join(settings: KafkaOptions): Promise<Consumer> {
    const other = testSettings(settings.brokers);
    await ensureTopics(other, silent);
    topics.push(other);
    const member = kafkaClient(settings, silent).consumer({ groupId: settings.groupId, sessionTimeout: 6_000 });
    members.push(member);
    await member.connect();
    await member.subscribe({ topics: [other.topic] });
    return member;
  }

  test('cannot join a group of this service', async () => {
    const settings = await newLog(4);
    const consumer = new RecordingConsumer();
    const { subscription, started } = subscribe(settings, consumer);
    await started;
    await eventually(() => consumer.owned.size === 4);
    const member = await join(settings);
    const crashed = new Promise<string>((resolve) => {
      member.on(member.events.CRASH, ({ payload }) => resolve(payload.error.message));
    });
    await member.run({ eachBatch: async () => undefined });
    expect(await crashed).toMatch(/protocol/i);
    expect([consumer.owned.size, subscription.membership()]).toEqual([4, { isMember: true }]);
  }, 60_000);

  test('that was first is named as the reason, and the service joins when it has left', async () => {
    const settings = await newLog(4);
    const member = await join(settings);
    const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
    await member.run({ eachBatch: async () => undefined });
    await joined;
    const consumer = new RecordingConsumer();
    const { subscription } = subscribe(settings, consumer);
    await eventually(() => subscription.membership().reason?.startsWith('a foreign member is in the group '));
    expect(subscription.membership().isMember).toBe(false);
    await member.disconnect();
    await eventually(() => consumer.owned.size === 4);
    expect(subscription.membership()).toEqual({ isMember: true });
  }, 60_000);
});

describe('brokers with a group.min.session.timeout.ms above that of the service', () => {
  const resources = testResources();

  test('are joined with a longer session, which is reported', async () => {
    const kafka = resources.use(await startDedicatedKafka({ properties: { 'group.min.session.timeout.ms': '10000' } }));
    const settings = testSettings(kafka.brokers);
    await ensureTopics(settings, silent);
    const lines: string[] = [];
    const log = { ...silent, warn: (line: string) => lines.push(line) };
    const subscription = new KafkaLogSubscription(settings, log);
    const consumer = new RecordingConsumer();
    void subscription.start(consumer, () => undefined);
    try {
      await eventually(() => consumer.owned.size === 4);
      expect(subscription.membership()).toEqual({ isMember: true });
      expect(lines.join('\n')).toContain('the brokers refuse a session of 6000 ms (group.min.session.timeout.ms)');
    } finally {
      await subscription.stop();
    }
  }, 90_000);
});
