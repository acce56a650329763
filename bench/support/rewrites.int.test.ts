import { beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DedicatedRedis, startDedicatedRedis } from '../../test/support/dedicated-redis.ts';
import { testResources } from '../../test/support/test-resources.ts';
import { putOffRewrites } from './rewrites.ts';

const MEGABYTE = 1_000_000;
/** More than Redis lets its file become before it would write it anew by itself. */
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

test('Redis does not write its file anew until told, and then leaves nothing of what is gone', async () => {
  const writeAnew = await putOffRewrites(server.url);
  expect(await share()).toEqual(['auto-aof-rewrite-percentage', '0']);
  await redis.set('kept', 'ann');
  for (let written = 0; written < WRITTEN; written += MEGABYTE) await redis.set('gone', 'x'.repeat(MEGABYTE));
  await redis.del('gone');
  expect(await fileBytes()).toBeGreaterThan(WRITTEN);
  await writeAnew();
  expect(await fileBytes()).toBeLessThan(MEGABYTE);
  expect(await share()).toEqual(['auto-aof-rewrite-percentage', '50']);
  expect(await redis.get('kept')).toBe('ann');
});
