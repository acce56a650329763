/**
 * The design without an event log: the queue is a Redis list, and the request waits for Redis. Its durability and order are those
 * of one Redis, and there is no replay.
 */
import { Redis, type Result } from 'ioredis';
import { accepted, type Backend, ownEntry, tokens } from './baseline.ts';

const TOPIC = 'list';

/** The usual form: a duplicate check, then a push. A user may be in the set but not yet in the list. */
export function redisSyncBackend(url: string, prefix: string): Backend {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const users = (concertId: string): string => `${prefix}direct:{${concertId}}:users`;
  const list = (concertId: string): string => `${prefix}direct:{${concertId}}:list`;
  return {
    enter: async (concertId, userId) => {
      const isNew = (await redis.sadd(users(concertId), userId)) === 1;
      const length = isNew ? await redis.rpush(list(concertId), userId) : undefined;
      const offset = length === undefined ? await redis.lpos(list(concertId), userId, 'RANK', -1) : length - 1;
      if (offset === null) throw new Error('The place of a repeated request is not known yet.');
      return accepted(concertId, userId, { topic: TOPIC, partition: 0, offset });
    },
    entry: async (token) => {
      const claims = tokens.verify(token);
      const [ahead, length] = await Promise.all([
        redis.lpos(list(claims.concertId), claims.userId, 'RANK', -1), // from the end, where recent users are
        redis.llen(list(claims.concertId)),
      ]);
      return ownEntry(claims, TOPIC, length - 1, ahead === null ? undefined : { offset: ahead, ahead });
    },
  };
}

/** The same in one script: the best case of a synchronous design. */
const ENTER = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return tonumber(known) end
local offset = redis.call('RPUSH', KEYS[2], ARGV[1]) - 1
redis.call('HSET', KEYS[1], ARGV[1], offset)
return offset`;

export function redisScriptBackend(url: string, prefix: string): Backend {
  const redis = new Redis(url, { enableAutoPipelining: true });
  redis.defineCommand('enterAtomically', { numberOfKeys: 2, lua: ENTER });
  const places = (concertId: string): string => `${prefix}direct-one-call:{${concertId}}:places`;
  const list = (concertId: string): string => `${prefix}direct-one-call:{${concertId}}:list`;
  return {
    enter: (concertId, userId) =>
      redis
        .enterAtomically(places(concertId), list(concertId), userId)
        .then((offset) => accepted(concertId, userId, { topic: TOPIC, partition: 0, offset: Number(offset) })),
    entry: async (token) => {
      const claims = tokens.verify(token);
      const [place, length] = await Promise.all([
        redis.hget(places(claims.concertId), claims.userId),
        redis.llen(list(claims.concertId)),
      ]);
      const ahead = Number(place);
      return ownEntry(claims, TOPIC, length - 1, place === null ? undefined : { offset: ahead, ahead });
    },
  };
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    enterAtomically(places: string, list: string, userId: string): Result<unknown, Context>;
  }
}
