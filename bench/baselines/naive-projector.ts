/** The projector of the naive design: one Redis call and one commit per message. Usage: `naive-projector.ts <port>`. */
import { createServer } from 'node:http';
import { Redis, type Result } from 'ioredis';
import { codecOf, kafkaOf, PROJECTED, topicOf, usersKey, waitingKey } from './naive-log.ts';
import { naiveServers } from './naive-servers.ts';

const PROJECT = `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])`;

// Lets Node write the CPU profile on SIGTERM.
process.once('SIGTERM', () => process.exit());
const servers = naiveServers();
const codec = await codecOf(servers);
const redis = new Redis(servers.redisUrl);
redis.defineCommand('projectEntry', { numberOfKeys: 2, lua: PROJECT });
const consumer = kafkaOf(servers).consumer({ groupId: `${servers.prefix}projector`, maxWaitTimeInMs: 100 });
const topic = topicOf(servers);
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ partition, message: { offset, value } }) => {
    const event = await codec.decode(value);
    if (event.type === 'QueueEntryRequested') {
      const { concertId, userId } = event;
      await redis.projectEntry(usersKey(servers, concertId), waitingKey(servers, concertId), userId, offset, PROJECTED);
    }
    await consumer.commitOffsets([{ topic, partition, offset: String(Number(offset) + 1) }]);
  },
});
// Respond only after the consumer has joined its group.
await joined;
createServer((_request, response) => response.end()).listen(Number(process.argv[2]), '127.0.0.1');

declare module 'ioredis' {
  interface RedisCommander<Context> {
    projectEntry(
      users: string,
      waiting: string,
      userId: string,
      offset: string,
      projected: string,
    ): Result<unknown, Context>;
  }
}
