import { Redis } from 'ioredis';
import type { QueueViewUnderTest, ViewDamage } from '../../../application/ports/queue-view.fixtures.ts';
import { connectRedis, type RedisClient, type RedisConnection, untilReady } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisQueueViewReader } from './redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from './redis-queue-view-writer.ts';

/** The adapter on a real Redis, with functions that damage its data. `close` removes all keys of the prefix. */
export async function viewOn(settings: RedisConnection, prefix: string): Promise<QueueViewUnderTest> {
  const writing = connectRedis(settings, 'write', () => undefined);
  const reading = connectRedis(settings, 'read', () => undefined);
  await Promise.all([writing, reading].map((client) => untilReady(client, 10_000)));
  const keys = new RedisKeys(prefix);
  return {
    writer: new RedisQueueViewWriter(writing, keys, 'one'),
    other: new RedisQueueViewWriter(writing, keys, 'other'),
    reader: new RedisQueueViewReader(reading, keys),
    damage: damageTo(writing, keys),
    remains: async (concertId, generation) => {
      const seconds = await Promise.all(keys.collections(concertId, generation).map((key) => writing.ttl(key)));
      return Math.max(0, ...seconds.map((ttl) => (ttl === -1 ? Infinity : ttl)));
    },
    close: async () => {
      await untilReady(writing, 10_000);
      await removeAll(writing, prefix);
      writing.disconnect();
      reading.disconnect();
    },
  };
}

function damageTo(redis: RedisClient, keys: RedisKeys): ViewDamage {
  return {
    loseHead: async (concertId) => void (await redis.del(keys.head(concertId))),
    loseEntries: async (concertId, generation) => void (await redis.del(keys.entries(concertId, generation))),
    loseEntry: async (concertId, generation, userId) =>
      void (await redis.hdel(keys.entries(concertId, generation), userId)),
    loseWaiting: async (concertId, generation, userId) =>
      void (await redis.zrem(keys.waiting(concertId, generation), userId)),
    rollBack: async (concertId, offset) => void (await redis.hset(keys.head(concertId), 'offset', offset)),
    losePartition: async (partition) => void (await redis.del(keys.partition(partition))),
  };
}

async function removeAll(client: RedisClient, prefix: string): Promise<void> {
  for (const server of client instanceof Redis ? [client] : client.nodes('master')) {
    let cursor = '0';
    do {
      const [next, found] = await server.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
      await Promise.all(found.map((key) => server.unlink(key)));
      cursor = next;
    } while (cursor !== '0');
  }
}
