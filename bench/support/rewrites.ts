/**
 * Redis rewrites its append-only file when it has doubled, with most of a core for seconds. All systems share the file, so the
 * rewrite would disturb whichever system is measured then: p99 at 9,000/s rose from 12 to 112 ms.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

const SHARE = 'auto-aof-rewrite-percentage';
const REWRITE_TIMEOUT_MS = 120_000;

/**
 * Defers rewrites until the returned function is called, which rewrites the file. Meanwhile the file grows, by gigabytes in a long
 * run; without the rewrite the next start of Redis would read all of it.
 */
export async function deferRewrites(redisUrl: string): Promise<() => Promise<void>> {
  const [, before = '100'] = await withRedis(redisUrl, (redis) => redis.config('GET', SHARE));
  await withRedis(redisUrl, (redis) => redis.config('SET', SHARE, '0'));
  return () =>
    withRedis(redisUrl, async (redis) => {
      await noRewrite(redis); // Redis rejects a rewrite while another one runs
      await redis.bgrewriteaof();
      await noRewrite(redis);
      await redis.config('SET', SHARE, before);
    });
}

async function noRewrite(redis: Redis): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    /aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(await redis.info('persistence'));
  for (const end = Date.now() + REWRITE_TIMEOUT_MS; !(await isOver()); await pause(100))
    if (Date.now() > end) throw new Error(`Redis did not rewrite its file within ${REWRITE_TIMEOUT_MS / 1000} s`);
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
