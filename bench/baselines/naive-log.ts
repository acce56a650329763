/** Names, codec and client of the naive design. */
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type ITopicMetadata, type Kafka } from 'kafkajs';
import { built } from './built.ts';
import '../../src/infrastructure/driven/kafka/kafkajs-request-queue.ts'; // avoids a busy loop in kafkajs and warnings of Node

const { AvroEventCodec } = await built<typeof import('../../src/infrastructure/driven/avro/avro-event-codec.ts')>(
  'infrastructure/driven/avro/avro-event-codec',
);
const { ConfluentSchemaRegistry } = await built<
  typeof import('../../src/infrastructure/driven/avro/schema-registry.confluent.ts')
>('infrastructure/driven/avro/schema-registry.confluent');

export interface NaiveServers {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  /** Prefix of this baseline. */
  readonly prefix: string;
}

export const PARTITIONS = 12;
const MAX_ATTEMPTS = 100;
export const topicOf = ({ prefix }: NaiveServers): string => `${prefix}entries`;
export const usersKey = ({ prefix }: NaiveServers, concertId: string): string => `${prefix}{${concertId}}:users`;
export const waitingKey = ({ prefix }: NaiveServers, concertId: string): string => `${prefix}{${concertId}}:waiting`;
/** Field of the users' hash with the last projected offset; no user id can be equal. */
export const PROJECTED = '@projected';

export function kafkaOf({ brokers }: NaiveServers): Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
}

export async function codecOf({ registryUrl }: NaiveServers) {
  const codec = new AvroEventCodec(new ConfluentSchemaRegistry({ url: registryUrl }), { registerAtStart: true });
  await codec.start();
  return codec;
}

/** Resolves when every partition has a leader. */
export async function ensureTopic(servers: NaiveServers): Promise<void> {
  const admin = kafkaOf(servers).admin();
  await admin.connect();
  const topic = topicOf(servers);
  // With `waitForLeaders` kafkajs fails if the broker does not know the topic at the first attempt.
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  for (let tries = 0; ; tries++) {
    const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch((error: unknown) => error);
    const topics = found instanceof Object && 'topics' in found ? (found as { topics: ITopicMetadata[] }).topics : [];
    if (topics[0]?.partitions.every(({ leader }) => leader >= 0)) break;
    if (tries === MAX_ATTEMPTS) throw new Error(`${topic} has no leaders.`, { cause: found });
    await pause(100);
  }
  await admin.disconnect();
}
