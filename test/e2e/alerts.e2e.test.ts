import { beforeAll, describe, expect, test } from '@jest/globals';
import { LEADER_LOCK } from '../../src/infrastructure/driven/postgres/outbox-lock.ts';
import { firing } from '../support/alerts.ts';
import { type Api, granted } from '../support/api.ts';
import { TestDatabase } from '../support/database.ts';
import { type DedicatedRedis, startDedicatedRedis } from '../support/dedicated-redis.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { type Scrape, scrape } from '../support/metrics.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

/** Longer than the allowed event loop delay. */
const HELD_MS = 700;
/** Longer than the allowed projection lag. */
const AWAY_WITHIN_MS = 30_000;

/** Evaluates the conditions on scrapes of running servers, without `for`. */
describe('the conditions of the alerts', () => {
  const resources = testResources();
  let redis: DedicatedRedis;
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;
  let healthy: Scrape;

  beforeAll(async () => {
    redis = resources.use(await startDedicatedRedis());
    installation = resources.use(await Installation.create({ partitions: 1, redisUrl: redis.url }));
    server = await (await installation.launch({ ACCEPT_LIMIT_PER_SECOND: '1' })).ready(60_000);
    api = installation.apiOf(server);
    granted(await api.configure('tour'));
    healthy = await eventually(async () => {
      const seen = await scrape(server.url);
      return seen.sum('concert_queue_concerts') === 1 && seen;
    });
  }, 90_000);

  /** Firing alerts without the one that depends on the load of the machine. */
  const fires = (before: Scrape, now: Scrape): readonly string[] =>
    firing(before, now).filter((alert) => alert !== 'ConcertQueueEventLoopBlocked');
  /** Resolves when all of these hold on one scrape. */
  const allFire = (alerts: readonly string[], url = server.url, within = 20_000): Promise<readonly string[]> =>
    eventually(
      async () => {
        const found = fires(healthy, await scrape(url));
        expect(found).toEqual(expect.arrayContaining([...alerts]));
        return found;
      },
      { within, every: 200 },
    );

  test('do not hold for a healthy system', () => expect(fires(healthy, healthy)).toEqual([]));

  test('hold when requests exceed the limit', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => api.requestEntry('tour', `fan-${n}`)));
    expect(answers.some(({ body }) => 'code' in body && body.code === 'OVERLOADED')).toBe(true);
    expect(await allFire(['ConcertQueueOverloaded'])).toEqual(['ConcertQueueOverloaded']);
  });

  test('hold without a projector, with unpublished outbox rows, and without the database', async () => {
    const database = await TestDatabase.create();
    const leader = await database.pool.connect();
    let relay: ServerProcess;
    try {
      await leader.query('select pg_advisory_lock($1, $2)', [...LEADER_LOCK]); // takes the leader lock without publishing
      relay = await installation.start({ ROLES: 'relay', DATABASE_URL: database.url });
      await leader.query('select concert_queue.request_entry($1, $2)', ['tour', 'of-the-shop']);
      await leader.query("update concert_queue.outbox set created_at = created_at - interval '1 minute'");
      expect(await allFire(['ConcertQueueOutboxDelayed'], relay.url)).toEqual([
        'ConcertQueuePartitionWithoutOwner',
        'ConcertQueueOutboxDelayed',
      ]);
    } finally {
      leader.release(true);
      await database.close();
    }
    await allFire(['ConcertQueueOutboxUnavailable'], relay.url);
  }, 40_000);

  test('hold when a process is suspended', async () => {
    // On a slow machine the delay may no longer count when the scrape comes; then suspend the process again.
    await eventually(
      async () => {
        await scrape(server.url); // resets the delays
        server.pause();
        const from = performance.now();
        await eventually(() => performance.now() - from > HELD_MS);
        server.resume();
        expect(firing(healthy, await scrape(server.url))).toContain('ConcertQueueEventLoopBlocked');
      },
      { within: 20_000 },
    );
  }, 30_000);

  test('hold when data in Redis is damaged unexpectedly, and when it is lost', async () => {
    granted(await api.configure('still'));
    const head = `${installation.prefix}queue:{still}:head`;
    expect(await installation.redis.hset(head, 'attributes', '{}')).toBe(0);
    await eventually(async () => (await api.queue('still')).status === 500);
    expect(await allFire(['ConcertQueueInternalErrors'])).not.toContain('ConcertQueueViewRepaired');
    expect(await installation.redis.del(head)).toBe(1);
    await allFire(['ConcertQueueViewRepaired']);
    await eventually(async () => (await api.queue('still')).status === 200);
  });

  test('hold while Redis is unavailable', async () => {
    await redis.stop();
    const comes = async (userId: string) =>
      writeRecords(installation, await recordsOf(installation, [asksFor('tour', userId)]));
    await comes('is-folded-and-not-written');
    await allFire(['ConcertQueueDependencyDown', 'ConcertQueueProjectionStuck']);
    expect((await scrape(server.url)).sum('concert_queue_projection_lag_events')).toBeGreaterThanOrEqual(1);
    expect(await allFire(['ConcertQueueProjectionLag'], server.url, AWAY_WITHIN_MS)).toContain(
      'ConcertQueueDependencyDown',
    );
    await redis.restart();
    await eventually(async () => (await scrape(server.url)).sum('concert_queue_projection_lag_events') === 0, {
      within: 20_000,
    });
  }, 90_000);
});
