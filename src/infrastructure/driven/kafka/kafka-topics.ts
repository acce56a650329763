import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { FatalError } from '../../../application/errors.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';

/** The default of Kafka. Set explicitly because the limit of the dead letters depends on it. */
const MAX_BATCH_BYTES = 1_048_588;
/** A dead letter has additional headers. */
const DEAD_LETTER_HEADER_BYTES = 64 * 1024;
const READY_TIMEOUT_MS = 15_000;

/**
 * Creates the missing topics of the log, the dead letters and the schema ids, waits until they are writable, and checks their configuration.
 *
 * @returns the names of the created topics
 * @throws FatalError if an existing topic has an unusable configuration; any other error is worth a retry
 */
export async function ensureTopics(options: KafkaOptions, log: Logger): Promise<readonly string[]> {
  const admin = kafkaClient(options, log).admin();
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const created: string[] = [];
    if (!present.has(options.topic)) {
      await create(admin, options, options.topic, eventConfig(MAX_BATCH_BYTES));
      created.push(options.topic);
    }
    const maxBytes = Number((await configOf(admin, options.topic)).get('max.message.bytes') ?? MAX_BATCH_BYTES);
    if (!present.has(options.deadLetterTopic)) {
      await create(admin, options, options.deadLetterTopic, eventConfig(maxBytes + DEAD_LETTER_HEADER_BYTES));
      created.push(options.deadLetterTopic);
    }
    if (!present.has(options.schemaTopic)) {
      await create(admin, { ...options, partitions: 1 }, options.schemaTopic, { 'cleanup.policy': 'compact' });
      created.push(options.schemaTopic);
    }
    await check(admin, options, maxBytes, log);
    return created;
  } finally {
    await admin.disconnect();
  }
}

type TopicConfig = Readonly<Record<string, string>>;

/** Of the log and the dead letters. */
function eventConfig(maxBytes: number): TopicConfig {
  return {
    'message.timestamp.type': 'LogAppendTime',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'max.message.bytes': `${maxBytes}`,
  };
}

async function create(admin: Admin, options: KafkaOptions, topic: string, own: TopicConfig): Promise<void> {
  const config = {
    ...own,
    'compression.type': 'producer', // the broker need not compress again
    'unclean.leader.election.enable': 'false',
    ...(options.replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
  };
  const topicConfig: ITopicConfig = {
    topic,
    numPartitions: options.partitions,
    replicationFactor: options.replicationFactor,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  };
  // Resolves with false if another process created the topic first; check() compares its configuration.
  await admin.createTopics({ topics: [topicConfig], waitForLeaders: false, timeout: 10_000 });
  await untilReady(admin, topic);
}

/**
 * Waits until a new topic has leaders that answer. At first some brokers do not know the topic, and a new leader rejects
 * requests until it knows its role.
 */
async function untilReady(admin: Admin, topic: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      if (topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))) {
        await admin.fetchTopicOffsets(topic);
        return;
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`topic ${topic} has no leaders after ${READY_TIMEOUT_MS} ms`);
    await delay(100);
  }
}

async function configOf(admin: Admin, topic: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  return new Map(resources.flatMap((resource) => resource.configEntries).map((e) => [e.configName, e.configValue]));
}

async function check(admin: Admin, options: KafkaOptions, maxBytes: number, log: Logger): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({
    topics: [options.topic, options.deadLetterTopic, options.schemaTopic],
  });
  for (const { name, partitions } of topics) {
    if (name === options.schemaTopic) requireConfig(name, 'partitions', `${partitions.length}`, '1');
    else requireConfig(name, 'partitions', `${partitions.length}`, `${options.partitions}`, 'QUEUE_PARTITIONS');
  }
  const replicas = new Map(
    topics.map(({ name, partitions }) => [name, Math.min(...partitions.map((each) => each.replicas.length))]),
  );
  const logConfig = await configOf(admin, options.topic);
  requireConfig(options.topic, 'message.timestamp.type', logConfig.get('message.timestamp.type'), 'LogAppendTime');
  requireConfig(options.topic, 'cleanup.policy', logConfig.get('cleanup.policy'), 'delete');
  const deadLetterConfig = await configOf(admin, options.deadLetterTopic);
  requireConfig(options.deadLetterTopic, 'cleanup.policy', deadLetterConfig.get('cleanup.policy'), 'delete');
  const schemaConfig = await configOf(admin, options.schemaTopic);
  requireConfig(options.schemaTopic, 'cleanup.policy', schemaConfig.get('cleanup.policy'), 'compact');

  for (const [topic, config] of [
    [options.topic, logConfig],
    [options.deadLetterTopic, deadLetterConfig],
    [options.schemaTopic, schemaConfig],
  ] as const) {
    checkDurability(topic, replicas.get(topic) ?? 0, config, options, log);
    if (config.get('compression.type') !== 'producer')
      log.warn(
        `topic ${topic} has compression.type=${config.get('compression.type')}, not producer: the broker compresses each batch again`,
      );
    if (topic === options.schemaTopic) continue; // compacted: nothing is deleted by age or size
    for (const name of ['retention.ms', 'retention.bytes']) {
      if (config.get(name) !== '-1') {
        log.warn(`topic ${topic} has ${name}=${config.get(name)}, not -1: deleted records cannot be replayed`);
      }
    }
  }
  if (Number(deadLetterConfig.get('max.message.bytes')) < maxBytes + DEAD_LETTER_HEADER_BYTES) {
    log.warn(
      `topic ${options.deadLetterTopic} has max.message.bytes=${deadLetterConfig.get('max.message.bytes')}, ` +
        `less than ${maxBytes + DEAD_LETTER_HEADER_BYTES}: the largest dead letters cannot be written`,
    );
  }
}

/** With less, an acknowledged record can be lost with one broker. @throws FatalError if `requireDurableTopics` */
function checkDurability(
  topic: string,
  replicas: number,
  config: ReadonlyMap<string, string>,
  { requireDurableTopics, replicationFactor }: KafkaOptions,
  log: Logger,
): void {
  const minInSync = Number(config.get('min.insync.replicas') ?? 1);
  const unsafe = [
    ...(replicas < 3 ? [`replicas=${replicas} (3 or more)`] : []),
    ...(minInSync < 2 ? [`min.insync.replicas=${minInSync} (2 or more)`] : []),
    ...(config.get('unclean.leader.election.enable') === 'true' ? ['unclean.leader.election.enable=true (false)'] : []),
  ];
  if (unsafe.length === 0) return;
  const finding = `topic ${topic} can lose acknowledged records: it has ${unsafe.join(', ')}`;
  if (requireDurableTopics)
    throw new FatalError(
      `${finding}. KAFKA_ALLOW_UNSAFE_TOPICS=true or a KAFKA_REPLICATION_FACTOR below 3 accepts this`,
    );
  // One broker cannot do better.
  if (replicationFactor > 1 || config.get('unclean.leader.election.enable') === 'true') log.warn(finding);
  else log.info(finding);
}

function requireConfig(
  topic: string,
  name: string,
  found: string | undefined,
  required: string,
  setting?: string,
): void {
  if (found === required) return;
  const by = setting ? ` (${setting})` : '';
  throw new FatalError(
    `topic ${topic} has ${name}=${found ?? 'unknown'}, but this service needs ${name}=${required}${by}`,
  );
}
