import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { DedicatedRedis } from '../../../../test/support/dedicated-redis.ts';
import { masterOf, startDedicatedRedisCluster } from '../../../../test/support/dedicated-redis-cluster.ts';
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

  test('answers truly or not at all while a slot migrates, key by key', async () => {
    const prefix = `test-${randomUUID()}:`;
    const view = await viewOn(nodes(), prefix);
    const model = new ReferenceView([waits('ann', 1), waits('bo', 2)]);
    await view.writer.activate(model.completion(), undefined);
    const migration = await SlotMigration.begin(servers, `{${model.concertId}}`);
    const seen = new Set<string>();
    let isMigrating = true;
    const read = async (): Promise<void> => {
      while (isMigrating) {
        const reads = [
          view.reader.queue(model.concertId).then((queue) => queue?.head.offset),
          view.reader.entry(model.concertId, 'ann').then((entry) => entry?.entry?.offset),
        ];
        for (const result of await Promise.allSettled(reads))
          seen.add(result.status === 'fulfilled' ? `${result.value}` : String(result.reason.code));
      }
    };
    const readers = Array.from({ length: 8 }, read);
    await migration.moveKeys(100);
    await migration.end();
    isMigrating = false;
    await Promise.all(readers);
    expect([...seen].filter((one) => !['1', '2', 'PROJECTION_UNAVAILABLE'].includes(one))).toEqual([]);
    await eventually(async () => (await view.reader.entry(model.concertId, 'ann'))?.entry?.offset === 1);
    await view.close();
  }, 60_000);
});

/** Moves a slot from its master to the next one. */
class SlotMigration {
  private constructor(
    private readonly slot: string,
    private readonly clients: readonly Redis[],
    private readonly ids: readonly string[],
    private readonly from: number,
    private readonly ports: readonly number[],
  ) {}

  static async begin(servers: readonly DedicatedRedis[], key: string): Promise<SlotMigration> {
    const clients = servers.map(({ url }) => new Redis(url));
    const ids = await Promise.all(clients.map(async (client) => String(await client.call('CLUSTER', 'MYID'))));
    const slot = String(await clients[0]?.call('CLUSTER', 'KEYSLOT', key));
    const owner = await masterOf(key, servers);
    const from = servers.indexOf(owner);
    const migration = new SlotMigration(
      slot,
      clients,
      ids,
      from,
      servers.map(({ port }) => port),
    );
    await migration.#target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '');
    await migration.#source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[migration.#to] ?? '');
    return migration;
  }

  get #to(): number {
    return (this.from + 1) % this.clients.length;
  }
  get #source(): Redis {
    return this.clients[this.from] as Redis;
  }
  get #target(): Redis {
    return this.clients[this.#to] as Redis;
  }

  /** @param pauseMs after each key */
  async moveKeys(pauseMs: number): Promise<void> {
    const keys = (await this.#source.call('CLUSTER', 'GETKEYSINSLOT', this.slot, 100)) as string[];
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) {
      await this.#source.call('MIGRATE', '127.0.0.1', `${this.ports[this.#to]}`, key, 0, 5_000);
      await sleep(pauseMs);
    }
  }

  async end(): Promise<void> {
    for (const client of this.clients)
      await client.call('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.ids[this.#to] ?? '');
    for (const client of this.clients) client.disconnect();
  }
}
