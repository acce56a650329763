import { beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DedicatedRedis, startDedicatedRedis } from '../../test/support/dedicated-redis.ts';
import { testResources } from '../../test/support/test-resources.ts';
import { deferRewrites } from './rewrites.ts';

const MEGABYTE = 1_000_000;
/** Larger than the size at which Redis would rewrite its file by itself. */
const WRITTEN = 6 * MEGABYTE;
const resources = testResources();
let server: DedicatedRedis;
let redis: Redis;

beforeAll(async () => {
  server = resources.use(
    await startDedicatedRedis({ 'auto-aof-rewrite-percentage': '50', 'auto-aof-rewrite-min-size': '1mb' }),
  );
  redis = resources.adopt(new Redis(server.url), (one) => one.disconnect());
});

const fileBytes = async (): Promise<number> =>
  Number(/aof_current_size:(\d+)/.exec(await redis.info('persistence'))?.[1]);
const share = async (): Promise<unknown> => redis.config('GET', 'auto-aof-rewrite-percentage');

test('defers the rewrite of the append-only file until the end, and then removes deleted data', async () => {
  const rewrite = await deferRewrites(server.url);
  expect(await share()).toEqual(['auto-aof-rewrite-percentage', '0']);
  await redis.set('kept', 'ann');
  for (let written = 0; written < WRITTEN; written += MEGABYTE) await redis.set('gone', 'x'.repeat(MEGABYTE));
  await redis.del('gone');
  expect(await fileBytes()).toBeGreaterThan(WRITTEN);
  await rewrite();
  expect(await fileBytes()).toBeLessThan(MEGABYTE);
  expect(await share()).toEqual(['auto-aof-rewrite-percentage', '50']);
  expect(await redis.get('kept')).toBe('ann');
});
