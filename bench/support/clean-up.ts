/** Removes all topics and keys with the NAME_PREFIX of a run. */
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import '../../src/infrastructure/driven/kafka/kafkajs-request-queue.ts'; // avoids a busy loop in kafkajs and warnings of Node

export async function cleanUp(servers: Readonly<Record<string, string>>, namePrefix: string): Promise<void> {
  const brokers = servers['KAFKA_BROKERS']?.split(',') ?? [];
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(namePrefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
  await removeKeys(servers, namePrefix);
}

export async function removeKeys(servers: Readonly<Record<string, string>>, prefix: string): Promise<void> {
  const redis = new Redis(servers['REDIS_URL'] ?? '');
  for await (const found of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    const keys = found as string[];
    if (keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
}
