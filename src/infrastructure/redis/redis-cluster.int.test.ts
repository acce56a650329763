import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../../test/support/eventually.ts';
import { type PrivateRedis, startPrivateRedis } from '../../../test/support/private-redis.ts';
import { freePorts } from '../../../tools/stack/ports.ts';
import { queueViewSuite } from '../../application/ports/queue-view.suite.ts';
import { ModelView, waits } from '../../application/ports/queue-view-model.suite.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis, type RedisSettings } from './redis-client.ts';
import { viewOn } from './redis-view-under-test.suite.ts';

const SLOTS = 16_384;

describe('the view in a cluster of three masters', () => {
  const servers: PrivateRedis[] = [];
  const nodes = (): RedisSettings => ({ clusterNodes: servers.map(({ port }) => `127.0.0.1:${port}`) });

  beforeAll(async () => {
    const bus = await freePorts(3);
    const configs = bus.map((port) => ({
      'cluster-enabled': 'yes',
      'cluster-port': String(port),
      'cluster-node-timeout': '2000',
    }));
    servers.push(...(await Promise.all(configs.map((config) => startPrivateRedis(config)))));
    const hands = servers.map(({ url }) => new Redis(url));
    await Promise.all(
      hands.map(async (hand, index) => {
        const [from, to] = [index, index + 1].map((third) => Math.floor((SLOTS * third) / 3));
        await hand.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Number(to) - 1));
        for (const [other, { port }] of servers.entries()) {
          await hand.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus[other]));
        }
        await eventually(async () => String(await hand.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), {
          within: 20_000,
        });
        hand.disconnect();
      }),
    );
  }, 60_000);
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  describe('that all answer', () => {
    queueViewSuite(() => viewOn(nodes(), `test-${randomUUID()}:`));
  });

  test('is checked on every master', async () => {
    const client = connectRedis(nodes(), 'write', () => undefined);
    await expect(checkRedis(client, () => undefined)).resolves.toBeUndefined();
    client.disconnect();
  });

  test('fails fast for the concerts of a silent master, serves the others, and recovers', async () => {
    const view = await viewOn(nodes(), `test-${randomUUID()}:`);
    const models = Array.from({ length: 12 }, () => new ModelView([waits('ann', 1)]));
    await Promise.all(models.map((model) => view.writer.flip(model.completion(), undefined)));
    const look = async ({ concertId }: ModelView): Promise<'seen' | 'away'> => {
      const begun = performance.now();
      const seen = await view.reader.entry(concertId, 'ann').catch(() => undefined);
      expect(performance.now() - begun).toBeLessThan(2_000);
      return seen ? 'seen' : 'away';
    };
    servers[0]?.pause();
    try {
      expect(new Set(await Promise.all(models.map(look)))).toEqual(new Set(['seen', 'away']));
    } finally {
      servers[0]?.resume();
    }
    await eventually(async () => (await Promise.all(models.map(look))).every((seen) => seen === 'seen'), {
      within: 20_000,
    });
    await view.close();
  }, 60_000);
});
