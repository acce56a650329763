import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startDedicatedRedis } from '../../../../test/support/dedicated-redis.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { QueueError } from '../../../application/errors.ts';
import { connectRedis, type RedisClient, untilReady } from '../redis/redis-client.ts';
import { FlexibleRequestLimits } from './request-limits.flexible.ts';

const url = (): string => process.env['REDIS_URL'] ?? '';
const prefix = `limits-${randomBytes(5).toString('hex')}.`;
const clients: RedisClient[] = [];
const redis: { admin?: Redis } = {};
beforeAll(() => {
  redis.admin = new Redis(url());
});
afterAll(async () => {
  const keys = (await redis.admin?.keys(`${prefix}*`)) ?? [];
  if (keys.length > 0) await redis.admin?.unlink(...keys);
  redis.admin?.disconnect();
  for (const client of clients) client.disconnect();
});

/** The limits of another process. */
async function limits(perAddress: number, perUser: number, at = url()): Promise<FlexibleRequestLimits> {
  const client = connectRedis({ url: at }, 'count', () => undefined);
  clients.push(client);
  await untilReady(client, 10_000);
  return new FlexibleRequestLimits({ perAddress, perUser, namePrefix: prefix }, client);
}

/** Sends requests; counts the accepted ones and returns the longest retry-after time. */
async function send(times: number, request: (time: number) => Promise<void> | undefined) {
  let [accepted, seconds] = [0, 0];
  for (let time = 0; time < times; time++) {
    try {
      await request(time);
      accepted += 1;
    } catch (error) {
      if (!(error instanceof QueueError && error.code === 'TOO_MANY_REQUESTS')) throw error;
      seconds = Math.max(seconds, error.retryAfterSeconds ?? 0);
    }
  }
  return { accepted, seconds };
}

describe('request limits', () => {
  test('are shared by processes, separate for each address and user, and expire after a minute', async () => {
    const [one, other] = [await limits(20, 10), await limits(20, 10)];
    const { accepted, seconds } = await send(50, (time) => (time % 2 ? one : other).ofAddress?.('192.0.2.1'));
    expect(accepted).toBe(20);
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await send(5, () => one.ofAddress?.('192.0.2.2'))).accepted).toBe(5);
    expect((await send(30, (time) => (time % 2 ? one : other).ofUser?.('ann'))).accepted).toBe(10);
    expect((await send(5, () => other.ofUser?.('bo'))).accepted).toBe(5);
    const keys = (await redis.admin?.keys(`${prefix}*`)) ?? [];
    expect(keys.length).toBe(4);
    for (const key of keys) {
      const ttl = (await redis.admin?.ttl(key)) ?? -1;
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(60);
    }
  });

  test('are exact under concurrent requests', async () => {
    const parallel = await Promise.all([limits(100, 0), limits(100, 0)]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) => parallel[index % 2]?.ofAddress?.('192.0.2.9')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
  });

  test('of 0 are disabled', async () => {
    const none = await limits(0, 0);
    expect([none.ofAddress, none.ofUser]).toEqual([undefined, undefined]);
  });

  test('are applied by each process for itself while Redis is unavailable', async () => {
    const server = await startDedicatedRedis();
    try {
      const processes = [await limits(10, 0, server.url), await limits(10, 0, server.url)];
      await send(4, () => processes[0]?.ofAddress?.('192.0.2.3'));
      await server.kill9();
      await eventually(() => clients.slice(-2).every(({ status }) => status !== 'ready'));
      for (const process of processes) {
        const { accepted, seconds } = await send(15, () => process.ofAddress?.('192.0.2.3'));
        expect(accepted).toBe(10);
        expect(seconds).toBeGreaterThan(1);
      }
    } finally {
      await server.close();
    }
  });
});

test('counts in memory without Redis', async () => {
  const local = new FlexibleRequestLimits({ perAddress: 3, perUser: 2, namePrefix: prefix }, undefined);
  expect((await send(9, () => local.ofAddress?.('2001:db8::1'))).accepted).toBe(3);
  expect((await send(9, () => local.ofAddress?.('2001:db8::2'))).accepted).toBe(0);
  expect((await send(9, () => local.ofUser?.('ann'))).accepted).toBe(2);
});
