import { afterEach, describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { eventually } from '../../../../test/support/eventually.ts';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { FatalError } from '../../../application/errors.ts';
import { removeTopics, silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { ensureTopics } from './kafka-topics.ts';

const used: KafkaOptions[] = [];
function newSettings(more: Partial<KafkaOptions> = {}): KafkaOptions {
  const settings = testSettings(stackAddresses().kafkaBrokers, more);
  used.push(settings);
  return settings;
}

async function topicWith(
  settings: KafkaOptions,
  config: Record<string, string>,
  partitions = settings.partitions,
  topic = settings.topic,
) {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const topics = [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }];
  await withAdmin(settings, async (admin) => {
    // The wait of kafkajs itself fails while the broker does not know the topic.
    await admin.createTopics({ topics, waitForLeaders: false });
    await eventually(() => admin.fetchTopicOffsets(topic));
  });
}

const outcome = (settings: KafkaOptions) =>
  ensureTopics(settings, silent).then(
    () => 'accepted',
    (error: unknown) => (error instanceof FatalError ? error.message : `not fatal: ${String(error)}`),
  );

afterEach(async () => {
  for (const settings of used.splice(0)) await removeTopics(settings);
});

describe('the topics', () => {
  test('are created once with the documented configuration, and accepted afterwards', async () => {
    const settings = newSettings();
    expect(await ensureTopics(settings, silent)).toEqual([
      settings.topic,
      settings.deadLetterTopic,
      settings.schemaTopic,
    ]);
    expect(await ensureTopics(settings, silent)).toEqual([]);
    const configs = await withAdmin(settings, (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [settings.topic, settings.deadLetterTopic, settings.schemaTopic].map((name) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
        })),
      }),
    );
    const [main, letters, schemas] = configs.resources.map(
      ({ configEntries }) => new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    );
    for (const config of [main, letters]) {
      expect(config?.get('message.timestamp.type')).toBe('LogAppendTime');
      expect(config?.get('retention.ms')).toBe('-1');
      expect(config?.get('cleanup.policy')).toBe('delete');
      expect(config?.get('compression.type')).toBe('producer');
      expect(config?.get('unclean.leader.election.enable')).toBe('false');
    }
    expect(schemas?.get('cleanup.policy')).toBe('compact');
    expect(schemas?.get('compression.type')).toBe('producer');
    expect(schemas?.get('unclean.leader.election.enable')).toBe('false');
    expect(Number(letters?.get('max.message.bytes'))).toBe(Number(main?.get('max.message.bytes')) + 65_536);
  });

  test('can be created by several processes at the same time', async () => {
    const settings = newSettings();
    await Promise.all([1, 2, 3].map(() => ensureTopics(settings, silent)));
    expect(await ensureTopics(settings, silent)).toEqual([]);
  });

  test('have leaders for all partitions after their creation', async () => {
    const settings = newSettings({ partitions: 60 });
    await ensureTopics(settings, silent);
    const partitions = new KafkaPartitions(settings, silent);
    const all = Array.from({ length: 60 }, (_, partition) => partition);
    try {
      for (const topic of [settings.topic, settings.deadLetterTopic])
        expect([...(await partitions.endOffsets(topic, all)).values()]).toEqual(all.map(() => 0));
    } finally {
      await partitions.close();
    }
  });

  test('are rejected with another partition count', async () => {
    const settings = newSettings();
    await topicWith(settings, { 'message.timestamp.type': 'LogAppendTime' }, 3);
    expect(await outcome(settings)).toBe(
      `topic ${settings.topic} has partitions=3, but this service needs partitions=4 (QUEUE_PARTITIONS)`,
    );
  });

  test('are rejected with another timestamp type', async () => {
    const settings = newSettings();
    await topicWith(settings, {});
    expect(await outcome(settings)).toBe(
      `topic ${settings.topic} has message.timestamp.type=CreateTime, ` +
        'but this service needs message.timestamp.type=LogAppendTime',
    );
  });

  test('are rejected if they are compacted', async () => {
    const settings = newSettings();
    await topicWith(settings, { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'compact' });
    expect(await outcome(settings)).toContain('has cleanup.policy=compact');
  });

  test('are rejected if the schema ids are not compacted, or in several partitions', async () => {
    const settings = newSettings();
    await topicWith(settings, { 'cleanup.policy': 'delete' }, 1, settings.schemaTopic);
    expect(await outcome(settings)).toBe(
      `topic ${settings.schemaTopic} has cleanup.policy=delete, but this service needs cleanup.policy=compact`,
    );
    const other = newSettings();
    await topicWith(other, { 'cleanup.policy': 'compact' }, 2, other.schemaTopic);
    expect(await outcome(other)).toBe(
      `topic ${other.schemaTopic} has partitions=2, but this service needs partitions=1`,
    );
  });

  test('allow dead letters of the maximum message size of an existing topic', async () => {
    const settings = newSettings();
    await topicWith(settings, { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '2000000' });
    expect(await ensureTopics(settings, silent)).toEqual([settings.deadLetterTopic, settings.schemaTopic]);
    const { resources } = await withAdmin(settings, (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: settings.deadLetterTopic }],
      }),
    );
    const maxBytes = resources[0]?.configEntries.find(({ configName }) => configName === 'max.message.bytes');
    expect(maxBytes?.configValue).toBe('2065536');
  });

  test.each([
    ['with one replica', {}, 'replicas=1 (3 or more), min.insync.replicas=1 (2 or more)'],
    [
      'with unclean leader election',
      { 'unclean.leader.election.enable': 'true', 'min.insync.replicas': '2' },
      'replicas=1 (3 or more), unclean.leader.election.enable=true (false)',
    ],
  ])('are refused %s where they must be durable, and reported elsewhere', async (_, config, found) => {
    const settings = newSettings({ replicationFactor: 1 });
    await topicWith(settings, { 'message.timestamp.type': 'LogAppendTime', ...config });
    const finding = `topic ${settings.topic} can lose acknowledged records: it has ${found}`;
    expect(await outcome({ ...settings, requireDurableTopics: true })).toBe(
      `${finding}. KAFKA_ALLOW_UNSAFE_TOPICS=true or a KAFKA_REPLICATION_FACTOR below 3 accepts this`,
    );
    const lines: string[] = [];
    const log = { ...silent, warn: (line: string) => lines.push(line), info: (line: string) => lines.push(line) };
    await ensureTopics(settings, log);
    expect(lines).toContain(finding);
  });

  test('keep the compression of the producer, and report another', async () => {
    const settings = newSettings();
    await topicWith(settings, { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'lz4' });
    const lines: string[] = [];
    await ensureTopics(settings, { ...silent, warn: (line: string) => lines.push(line) });
    expect(lines).toContain(
      `topic ${settings.topic} has compression.type=lz4, not producer: the broker compresses each batch again`,
    );
  });

  test('throw no FatalError while the broker is unavailable', async () => {
    const settings = testSettings(['127.0.0.1:1']);
    expect(await outcome(settings)).toMatch(/^not fatal: /);
  });
});
