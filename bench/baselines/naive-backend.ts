/** The naive design: each request awaits its own `producer.send`. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { accepted, type Backend, ownEntry, tokens } from './baseline.ts';
import { built } from './built.ts';
import {
  codecOf,
  ensureTopic,
  kafkaOf,
  type NaiveServers,
  PARTITIONS,
  PROJECTED,
  topicOf,
  usersKey,
  waitingKey,
} from './naive-log.ts';

const { partitionOf } = await built<typeof import('../../src/application/event-log/partitioner.ts')>(
  'application/event-log/partitioner',
);

export async function naiveBackend(servers: NaiveServers): Promise<Backend> {
  await ensureTopic(servers);
  const codec = await codecOf(servers);
  const redis = new Redis(servers.redisUrl, { enableAutoPipelining: true });
  const producer = kafkaOf(servers).producer({ createPartitioner: () => (args) => args.message.partition ?? 0 });
  await producer.connect();
  const topic = topicOf(servers);
  return {
    enter: async (concertId, userId) => {
      const event = {
        type: 'QueueEntryRequested',
        concertId,
        occurredAt: Date.now(),
        userId,
        entryId: randomUUID(),
      } as const;
      const partition = partitionOf(concertId, PARTITIONS);
      const message = { partition, key: `${userId}:${concertId}`, value: codec.encode(event) };
      const [answer] = await producer.send({ topic, acks: -1, messages: [message] });
      const offset = Number(answer?.baseOffset);
      if (!Number.isSafeInteger(offset)) throw new Error('The log gave no offset.');
      return accepted(concertId, userId, { topic, partition, offset });
    },
    entry: async (token) => {
      const claims = tokens.verify(token);
      const { concertId, userId } = claims;
      const [[place, projected], ahead] = await Promise.all([
        redis.hmget(usersKey(servers, concertId), userId, PROJECTED),
        redis.zrank(waitingKey(servers, concertId), userId),
      ]);
      const stored = typeof place === 'string' && ahead !== null ? { offset: Number(place), ahead } : undefined;
      return ownEntry(claims, topic, Number(projected ?? -1), stored);
    },
  };
}
