import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../../../test/support/dedicated-redis.ts';
import { FatalError } from '../../../application/errors.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis } from './redis-client.ts';

describe('the check of Redis at start', () => {
  let redis: PrivateRedis;
  let hand: Redis;
  beforeAll(async () => {
    redis = await startPrivateRedis();
    hand = new Redis(redis.url);
  });
  afterAll(async () => {
    hand.disconnect();
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

  test('passes where nothing is evicted', async () => {
    expect(await check()).toEqual([]);
  });

  test('refuses a Redis that evicts, in one line', async () => {
    await hand.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const failure = await check().catch((error: unknown) => error);
    await hand.config('SET', 'maxmemory-policy', 'noeviction');
    expect(failure).toBeInstanceOf(FatalError);
    expect(String(failure)).toMatch(/^FatalError: .*allkeys-lru.*noeviction\.$/);
  });

  test('warns where it may not ask', async () => {
    await hand.acl('SETUSER', 'limited', 'on', '>secret', '~*', '+@all', '-config');
    expect(await check(redis.url.replace('//', '//limited:secret@'))).toEqual([expect.stringContaining('noeviction')]);
  });

  test('fails so that it can be tried again where nobody answers', async () => {
    const failure = await check('redis://127.0.0.1:1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(FatalError);
  });
});
