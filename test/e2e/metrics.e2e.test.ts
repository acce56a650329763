import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../tools/stack/settings.ts';
import { alertRules, firing, namesOf, panelExpressions } from '../support/alerts.ts';
import { type Api, granted } from '../support/api.ts';
import { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { type Scrape, scrape } from '../support/metrics.ts';
import { writeRecords } from '../support/producer.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const POST = { method: 'POST', route: '/v1/concerts/:concertId/queue/entries' };

describe('the metrics', () => {
  const resources = testResources();
  let installation: Installation;
  let database: TestDatabase;
  let server: ServerProcess;
  let relay: ServerProcess;
  let api: Api;

  beforeAll(async () => {
    database = resources.use(await TestDatabase.create());
    installation = resources.use(await Installation.create({ partitions: 2 }));
    server = await installation.start();
    relay = await installation.start({ ROLES: 'relay', DATABASE_URL: database.url });
    api = installation.apiOf(server);
    granted(await api.configure('tour', { capacity: 2, admissionsPerMinute: 60_000 }));
    granted(await api.configure('closed'));
    granted(await api.changeState('closed', 'close'));
  }, 60_000);

  const look = () => scrape(server.url);
  /** Resolves when the metric has this value. */
  const value = (name: string, labels: Readonly<Record<string, string>>, value: number): Promise<Scrape> =>
    eventually(async () => {
      const seen = await look();
      if (seen.sum(name, labels) === value) return seen;
      throw new Error(`${name} is ${seen.sum(name, labels)}`);
    });

  test('count accepted and rejected requests by code', async () => {
    for (let user = 0; user < 7; user++) granted(await api.requestEntry('tour', `user-${user}`));
    expect(await api.requestEntry('closed', 'ann')).toMatchObject({ status: 409 });
    expect(await api.requestEntry('tour', 'not valid!')).toMatchObject({ status: 400 });
    expect(await api.requestEntry('nowhere', 'ann')).toMatchObject({ status: 404 });
    const requests = { api: 'http', operation: 'requestEntry' };
    const seen = await value('concert_queue_requests_total', { ...requests, code: 'OK' }, 7);
    for (const code of ['QUEUE_CLOSED', 'INVALID_REQUEST', 'CONCERT_NOT_FOUND'])
      expect([code, seen.sum('concert_queue_requests_total', { ...requests, code })]).toEqual([code, 1]);
    expect(seen.sum('concert_queue_http_request_duration_seconds_count', { ...POST, status: '202' })).toBe(7);
    expect(seen.sum('concert_queue_log_batch_records_sum')).toBeGreaterThanOrEqual(7 + 3);
    expect(seen.sum('concert_queue_log_append_seconds_count')).toBe(seen.sum('concert_queue_log_batch_records_count'));
    expect(seen.sum('concert_queue_log_append_failures_total')).toBe(0);
  });

  test('report the state of the projection and the queues', async () => {
    const waiting = await value('concert_queue_entries', { concert: 'tour', state: 'waiting' }, 5);
    expect(waiting.sum('concert_queue_entries', { concert: 'tour', state: 'ready' })).toBe(2);
    expect(waiting.sum('concert_queue_transitions_total', { to: 'READY' })).toBe(2);
    // Admission control may just have appended an event.
    const live = await value('concert_queue_projection_lag_events', {}, 0);
    expect(live.sum('concert_queue_projection_state', { state: 'live' })).toBe(2);
    expect(live.sum('concert_queue_projection_lag_seconds')).toBe(0);
    expect(live.sum('concert_queue_partitions')).toBe(2);
    expect(live.sum('concert_queue_events_folded_total')).toBeGreaterThanOrEqual(7 + 3);
    expect(live.sum('concert_queue_concerts')).toBe(2);
    for (const one of live.of('concert_queue_dependency_up')) expect([one.labels, one.value]).toEqual([one.labels, 1]);
    expect(live.sum('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  test('count dead letters', async () => {
    const before = await look();
    await writeRecords(installation, [{ partition: 1, key: 'x', value: Buffer.from('garbage') }]);
    const seen = await value('concert_queue_dead_letters', { partition: '1' }, 1);
    expect(seen.sum('concert_queue_dead_letters_written_total', { code: 'NOT_WIRE_FORMAT' })).toBe(1);
    expect(seen.sum('concert_queue_projection_stuck')).toBe(0);
    expect(firing(before, seen).filter((alert) => alert !== 'ConcertQueueEventLoopBlocked')).toEqual([
      'ConcertQueueDeadLetter',
    ]);
  });

  test('do not grow with requests for unknown concerts', async () => {
    const [before, wanted] = [await look(), Array.from({ length: 50 }, (_, number) => number)];
    for (const number of wanted) {
      await api.queue(`unknown-${number}`);
      await api.requestEntry(`unknown-${number}`, `user-${number}`);
      await api.ask('GET', `/no/such/path-${number}`);
    }
    for (const number of wanted) granted(await api.configure(`small-${number}`));
    await value('concert_queue_concerts', {}, 52);
    await eventually(async () => {
      const after = await look();
      expect(after.of('concert_queue_entries')).toHaveLength((20 + 1) * 4);
      expect(after.text).not.toContain('no/such');
      expect(after.text).not.toContain('unknown-');
      expect(after.sum('concert_queue_entries', { concert: 'tour', state: 'waiting' })).toBe(5);
      expect(after.samples.length - before.samples.length).toBeLessThan(200);
    });
  });

  test('report backlog, age and rate of the outbox of a relay', async () => {
    await eventually(
      async () => (await scrape(relay.url)).sum('concert_queue_relay_state', { state: 'leading' }) === 1,
    );
    await database.rows('select concert_queue.request_entry($1, $2)', ['tour', 'of-the-shop']);
    await eventually(
      async () => {
        const seen = await scrape(relay.url);
        expect(seen.sum('concert_queue_outbox_published_total')).toBe(1);
        expect(seen.sum('concert_queue_outbox_published_per_second')).toBeGreaterThan(0);
        expect(seen.sum('concert_queue_outbox_backlog_rows')).toBe(0);
        expect(seen.sum('concert_queue_outbox_oldest_seconds')).toBe(0);
        expect(seen.sum('concert_queue_outbox_lag_seconds', { quantile: '0.99' })).toBeGreaterThan(0);
      },
      { within: 20_000, every: 200 },
    );
    expect((await scrape(relay.url)).sum('concert_queue_outbox_up')).toBe(1);
    // Neither role projects, so there are no partition metrics.
    expect((await scrape(relay.url)).of('concert_queue_projection_lag_events')).toEqual([]);
  }, 40_000);

  test('include every metric and label of dashboard and alerts', async () => {
    const there = [await look(), await scrape(relay.url)].flatMap(({ samples }) => samples);
    const expressions = [...panelExpressions(), ...alertRules().map(({ expr }) => expr)];
    expect(alertRules().length).toBeGreaterThan(10);
    const missing = expressions.flatMap((expr) => {
      const { metrics, groupedBy } = namesOf(expr);
      if (metrics.length === 0) return [`${expr} names no metric`];
      return metrics.flatMap(({ name, labels }) => {
        const samples = there.filter((sample) => sample.name === name);
        // Prometheus adds `instance`.
        const wanted = [...labels, ...groupedBy].filter((label) => label !== 'instance');
        const isThere = samples.some((sample) => wanted.every((label) => label in sample.labels));
        return isThere ? [] : [`${name} {${wanted.join()}}`];
      });
    });
    expect(missing).toEqual([]);
  });

  test('are documented completely', async () => {
    const types = new Map([...(await look()).types, ...(await scrape(relay.url)).types]);
    const ours = [...types.keys()].filter((name) => name.startsWith('concert_queue_')).toSorted();
    const page = readFileSync(join(PROJECT, 'docs', 'observability.md'), 'utf8');
    const described = [...page.matchAll(/^\| `(concert_queue_\w+)`/gm)].map(([, name = '']) => name).toSorted();
    expect(described).toEqual(ours);
  });
});
