/**
 * When the append-only file of Redis has doubled, a child process writes it anew, at most of a core for seconds. The file holds what
 * all systems wrote, and whose turn it is then would be charged for everybody: p99 at 9,000 a second went from 12 to 112 ms.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

const SHARE = 'auto-aof-rewrite-percentage';
const REWRITTEN_WITHIN_MS = 120_000;

/**
 * Until what is answered was called. The file grows meanwhile, by some gigabytes in a long run, and is written anew then: Redis reads
 * all of it when it starts, and what is left of so long a run is hardly anything.
 */
export async function putOffRewrites(redisUrl: string): Promise<() => Promise<void>> {
  const [, before = '100'] = await withRedis(redisUrl, (redis) => redis.config('GET', SHARE));
  await withRedis(redisUrl, (redis) => redis.config('SET', SHARE, '0'));
  return () =>
    withRedis(redisUrl, async (redis) => {
      await noRewrite(redis); // somebody may have asked for one, and a second is refused meanwhile
      await redis.bgrewriteaof();
      await noRewrite(redis);
      await redis.config('SET', SHARE, before);
    });
}

async function noRewrite(redis: Redis): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    /aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(await redis.info('persistence'));
  for (const end = Date.now() + REWRITTEN_WITHIN_MS; !(await isOver()); await pause(100))
    if (Date.now() > end) throw new Error(`Redis did not write its file anew within ${REWRITTEN_WITHIN_MS / 1000} s`);
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
