import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DedicatedRedis, startDedicatedRedis } from '../../../../test/support/dedicated-redis.ts';
import { FatalError } from '../../../application/errors.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis } from './redis-client.ts';

describe('checkRedis', () => {
  let redis: DedicatedRedis;
  let admin: Redis;
  beforeAll(async () => {
    redis = await startDedicatedRedis();
    admin = new Redis(redis.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await redis.close();
  });

  async function check(url = redis.url): Promise<readonly string[]> {
    const warnings: string[] = [];
    const client = connectRedis({ url }, 'write', () => undefined);
    try {
      await checkRedis(client, (message) => warnings.push(message));
      return warnings;
    } finally {
      client.disconnect();
    }
  }

  test('passes when the policy is noeviction', async () => {
    expect(await check()).toEqual([]);
  });

  test('rejects an eviction policy with a one-line error', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const failure = await check().catch((error: unknown) => error);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    expect(failure).toBeInstanceOf(FatalError);
    expect(String(failure)).toMatch(/^FatalError: .*allkeys-lru.*noeviction\.$/);
  });

  test('warns when CONFIG is forbidden', async () => {
    await admin.acl('SETUSER', 'limited', 'on', '>secret', '~*', '+@all', '-config');
    expect(await check(redis.url.replace('//', '//limited:secret@'))).toEqual([expect.stringContaining('noeviction')]);
  });

  test('throws an error that can be retried when the server is unavailable', async () => {
    const failure = await check('redis://127.0.0.1:1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(FatalError);
  });
});
