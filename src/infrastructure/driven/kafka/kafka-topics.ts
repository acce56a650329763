import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { FatalError } from '../../../application/errors.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';

/** Kafka's own default, said aloud because the dead letters' limit depends on it. */
const LARGEST_BATCH_BYTES = 1_048_588;
/** A dead letter carries the original and headers of its own. */
const ROOM_FOR_HEADERS_BYTES = 64 * 1024;
const READY_WITHIN_MS = 15_000;

/**
 * Creates the event stream and its dead letters where they are missing, waits until they can be written, and checks both.
 *
 * @returns the names of the topics that were created
 * @throws FatalError when a topic is there but is not what its records need; any other error is transient: call again
 */
export async function ensureTopics(settings: KafkaOptions, log: Logger): Promise<readonly string[]> {
  const admin = kafkaClient(settings, log).admin();
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const created: string[] = [];
    if (!present.has(settings.topic)) {
      await create(admin, settings, settings.topic, LARGEST_BATCH_BYTES);
      created.push(settings.topic);
    }
    const largest = Number((await configOf(admin, settings.topic)).get('max.message.bytes') ?? LARGEST_BATCH_BYTES);
    if (!present.has(settings.deadLetterTopic)) {
      await create(admin, settings, settings.deadLetterTopic, largest + ROOM_FOR_HEADERS_BYTES);
      created.push(settings.deadLetterTopic);
    }
    await check(admin, settings, largest, log);
    return created;
  } finally {
    await admin.disconnect();
  }
}

async function create(admin: Admin, settings: KafkaOptions, topic: string, largest: number): Promise<void> {
  const config = {
    'message.timestamp.type': 'LogAppendTime',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'max.message.bytes': `${largest}`,
    ...(settings.replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
  };
  const wanted: ITopicConfig = {
    topic,
    numPartitions: settings.partitions,
    replicationFactor: settings.replicationFactor,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  };
  // false: another process was first, which is as good; the checks tell whether it wanted the same.
  await admin.createTopics({ topics: [wanted], waitForLeaders: false, timeout: 10_000 });
  await untilReady(admin, topic);
}

/**
 * A topic that has just been created is unknown to some brokers, and has no leaders, for a moment; and a broker is named as a leader
 * before it knows that it is one, which whoever asks it is told.
 */
async function untilReady(admin: Admin, topic: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
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
    if (Date.now() > deadline) throw new Error(`topic ${topic} has no leaders after ${READY_WITHIN_MS} ms`);
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

async function check(admin: Admin, settings: KafkaOptions, largest: number, log: Logger): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [settings.topic, settings.deadLetterTopic] });
  for (const { name, partitions } of topics) {
    refuseUnless(name, 'partitions', `${partitions.length}`, `${settings.partitions}`, 'QUEUE_PARTITIONS');
  }
  const log0 = await configOf(admin, settings.topic);
  refuseUnless(settings.topic, 'message.timestamp.type', log0.get('message.timestamp.type'), 'LogAppendTime');
  refuseUnless(settings.topic, 'cleanup.policy', log0.get('cleanup.policy'), 'delete');
  const letters = await configOf(admin, settings.deadLetterTopic);
  refuseUnless(settings.deadLetterTopic, 'cleanup.policy', letters.get('cleanup.policy'), 'delete');

  for (const [topic, config] of [
    [settings.topic, log0],
    [settings.deadLetterTopic, letters],
  ] as const) {
    for (const name of ['retention.ms', 'retention.bytes']) {
      if (config.get(name) !== '-1') {
        log.warn(`topic ${topic} has ${name}=${config.get(name)}, not -1: records that it drops cannot be replayed`);
      }
    }
  }
  if (Number(letters.get('max.message.bytes')) < largest + ROOM_FOR_HEADERS_BYTES) {
    log.warn(
      `topic ${settings.deadLetterTopic} has max.message.bytes=${letters.get('max.message.bytes')}, ` +
        `less than ${largest + ROOM_FOR_HEADERS_BYTES}: the largest dead letters could not be kept`,
    );
  }
}

function refuseUnless(topic: string, what: string, found: string | undefined, wanted: string, setting?: string): void {
  if (found === wanted) return;
  const by = setting ? ` (${setting})` : '';
  throw new FatalError(
    `topic ${topic} has ${what}=${found ?? 'unknown'}, but this service needs ${what}=${wanted}${by}`,
  );
}
