import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DedicatedRedis } from '../../../../test/support/dedicated-redis.ts';
import { startDedicatedRedisCluster } from '../../../../test/support/dedicated-redis-cluster.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { queueViewSuite } from '../../../application/ports/queue-view.contract.ts';
import { ReferenceView, waits } from '../../../application/ports/queue-view-model.contract.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis, type RedisConnection } from './redis-client.ts';
import { viewOn } from './redis-view.fixtures.ts';

describe('the view in a Redis cluster of three masters', () => {
  const servers: DedicatedRedis[] = [];
  const nodes = (): RedisConnection => ({ clusterNodes: servers.map(({ port }) => `127.0.0.1:${port}`) });

  beforeAll(async () => {
    servers.push(...(await startDedicatedRedisCluster()));
  }, 60_000);
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  describe('with all masters available', () => {
    queueViewSuite(() => viewOn(nodes(), `test-${randomUUID()}:`));
  });

  test('passes checkRedis on every master', async () => {
    const client = connectRedis(nodes(), 'write', () => undefined);
    await expect(checkRedis(client, () => undefined)).resolves.toBeUndefined();
    client.disconnect();
  });

  test('fails fast for the concerts of a paused master, serves the others, and recovers', async () => {
    const view = await viewOn(nodes(), `test-${randomUUID()}:`);
    const models = Array.from({ length: 12 }, () => new ReferenceView([waits('ann', 1)]));
    await Promise.all(models.map((model) => view.writer.activate(model.completion(), undefined)));
    const readEntry = async ({ concertId }: ReferenceView): Promise<'found' | 'unavailable'> => {
      const begun = performance.now();
      const entry = await view.reader.entry(concertId, 'ann').catch(() => undefined);
      expect(performance.now() - begun).toBeLessThan(2_000);
      return entry ? 'found' : 'unavailable';
    };
    servers[0]?.pause();
    try {
      expect(new Set(await Promise.all(models.map(readEntry)))).toEqual(new Set(['found', 'unavailable']));
    } finally {
      servers[0]?.resume();
    }
    await eventually(async () => (await Promise.all(models.map(readEntry))).every((result) => result === 'found'), {
      within: 20_000,
    });
    await view.close();
  }, 60_000);
});
