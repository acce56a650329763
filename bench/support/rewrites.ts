/**
 * When the append-only file of Redis has doubled, a child process writes it anew, at most of a core for seconds. The file holds what
 * all systems wrote, and whose turn it is then would be charged for everybody: p99 at 9,000 a second went from 12 to 112 ms.
 */
import { Redis } from 'ioredis';

const SHARE = 'auto-aof-rewrite-percentage';

/** Until what is answered was called. The file grows meanwhile: by some gigabytes in a long run. */
export async function putOffRewrites(redisUrl: string): Promise<() => Promise<void>> {
  const [, before = '100'] = await withRedis(redisUrl, (redis) => redis.config('GET', SHARE));
  const set = async (share: string): Promise<void> => {
    await withRedis(redisUrl, (redis) => redis.config('SET', SHARE, share));
  };
  await set('0');
  return () => set(before);
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
