/** What both ends of the literal design share: names, codec, client. */
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type ITopicMetadata, type Kafka } from 'kafkajs';
import { built } from './built.ts';
import '../../src/infrastructure/driven/kafka/kafkajs-request-queue.ts'; // else kafkajs spins, and Node warns

const { AvroEventCodec } = await built<typeof import('../../src/infrastructure/driven/avro/avro-event-codec.ts')>(
  'infrastructure/driven/avro/avro-event-codec',
);
const { ConfluentSchemaRegistry } = await built<
  typeof import('../../src/infrastructure/driven/avro/schema-registry.confluent.ts')
>('infrastructure/driven/avro/schema-registry.confluent');

export interface LiteralServers {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  /** Of this rival alone. */
  readonly prefix: string;
}

export const PARTITIONS = 12;
const MOST_LOOKS = 100;
export const topicOf = ({ prefix }: LiteralServers): string => `${prefix}entries`;
export const usersKey = ({ prefix }: LiteralServers, concertId: string): string => `${prefix}{${concertId}}:users`;
export const waitingKey = ({ prefix }: LiteralServers, concertId: string): string => `${prefix}{${concertId}}:waiting`;
/** Field of the users' hash that no user can be named: the last offset that was projected. */
export const PROJECTED = '@projected';

export function kafkaOf({ brokers }: LiteralServers): Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
}

export async function codecOf({ registryUrl }: LiteralServers) {
  const codec = new AvroEventCodec(new ConfluentSchemaRegistry({ url: registryUrl }), { registerAtStart: true });
  await codec.start();
  return codec;
}

/** Resolves when every partition has a leader. */
export async function ensureTopic(servers: LiteralServers): Promise<void> {
  const admin = kafkaOf(servers).admin();
  await admin.connect();
  const topic = topicOf(servers);
  // With `waitForLeaders` kafkajs gives up when the first look comes before the broker knows the topic.
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  for (let tries = 0; ; tries++) {
    const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch((error: unknown) => error);
    const topics = found instanceof Object && 'topics' in found ? (found as { topics: ITopicMetadata[] }).topics : [];
    if (topics[0]?.partitions.every(({ leader }) => leader >= 0)) break;
    if (tries === MOST_LOOKS) throw new Error(`${topic} has no leaders.`, { cause: found });
    await pause(100);
  }
  await admin.disconnect();
}
