import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { loggedRecords } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { produceRequest, type WantedRequest } from '../support/tcp-proxy.ts';
import { testResources } from '../support/test-resources.ts';
import { concerts, expectExactlyOnce, RelayFixture } from './relay.fixtures.ts';

const resources = testResources();
let fixture: RelayFixture;
beforeAll(async () => {
  fixture = resources.use(await RelayFixture.open());
}, 90_000);
afterEach(() => fixture?.reset());

/** The statement that writes receipts; its response begins with the completion of Parse or Bind. */
const markRequest: WantedRequest = (request) =>
  request.includes('outbox-mark') ? (response) => response[0] === 0x31 || response[0] === 0x32 : undefined;

describe('kill -9', () => {
  /** A relay has read rows and cannot send them. */
  async function beforeSending(name: string): Promise<ServerProcess> {
    const relay = await fixture.startRelay();
    fixture.kafka.proxy.blackHole();
    await fixture.shop.wishMany(concerts, name, 200);
    await eventually(async () => (await statements('published_at is null')) > 0);
    return relay;
  }

  /** A relay has published rows and cannot mark them. */
  async function beforeMarking(name: string): Promise<{ relay: ServerProcess; letGo: () => Promise<void> }> {
    await fixture.shop.wishMany(concerts, name, 200);
    const letGo = await fixture.shop.holdMarks();
    const before = await loggedRecords(fixture.installation);
    const relay = await fixture.launchRelay();
    await eventually(async () => (await loggedRecords(fixture.installation)) >= before + 200, { within: 20_000 });
    await eventually(async () => (await statements('update concert_queue.outbox', 'Lock')) > 0);
    return { relay, letGo };
  }

  /** A relay has published and marked rows but gets no response. */
  async function afterMarking(name: string): Promise<ServerProcess> {
    const relay = await fixture.startRelay();
    const cut = fixture.postgres.proxy.cutBeforeResponse(markRequest);
    await fixture.shop.wishMany(concerts, name, 200);
    await cut;
    return relay;
  }

  /** Number of relays with this last or current statement. */
  async function statements(sql: string, waitsFor = ''): Promise<number> {
    const [row] = await fixture.database.rows<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
        where application_name like 'concert-queue relay%' and position($1 in query) > 0 and wait_event_type ~ $2`,
      [sql, waitsFor],
    );
    return row?.n ?? 0;
  }

  test('of the relay before sending: another relay publishes once', async () => {
    const relay = await beforeSending('relay-before');
    await relay.kill9();
    fixture.kafka.proxy.pass();
    await fixture.startRelay();
    await expectExactlyOnce(fixture, 'relay-before');
  }, 60_000);

  test('of the relay between append and receipt: another relay publishes again, and no user has two places', async () => {
    const { relay, letGo } = await beforeMarking('relay-between');
    await relay.kill9();
    // Undo a mark that arrived before the kill.
    await fixture.database.rows(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'concert-queue relay%' and wait_event_type = 'Lock'`);
    await letGo();
    await fixture.startRelay();
    expect(await expectExactlyOnce(fixture, 'relay-between')).toBe(200);
  }, 60_000);

  test('of the relay after the receipts: nothing is published again', async () => {
    const relay = await afterMarking('relay-after');
    await relay.kill9();
    await fixture.startRelay();
    expect(await expectExactlyOnce(fixture, 'relay-after')).toBe(0);
  }, 60_000);

  test('of PostgreSQL before sending: no row is lost', async () => {
    await beforeSending('database-before');
    await fixture.postgres.kill9();
    fixture.kafka.proxy.pass();
    await fixture.postgres.restart();
    await expectExactlyOnce(fixture, 'database-before');
  }, 60_000);

  test('of PostgreSQL between append and receipt: the relay keeps the published rows in memory', async () => {
    const { letGo } = await beforeMarking('database-between');
    await fixture.postgres.kill9();
    await letGo();
    await fixture.postgres.restart();
    expect(await expectExactlyOnce(fixture, 'database-between')).toBe(0);
  }, 60_000);

  test('of PostgreSQL after the receipts: the receipts are durable', async () => {
    await afterMarking('database-after');
    await fixture.postgres.kill9();
    await fixture.postgres.restart();
    expect(await expectExactlyOnce(fixture, 'database-after')).toBe(0);
  }, 60_000);

  test('of the broker before its acknowledgement: the relay publishes again, and no user has two places', async () => {
    await fixture.startRelay();
    const cut = fixture.kafka.proxy.cutBeforeResponse(produceRequest);
    await fixture.shop.wishMany(concerts, 'broker-unsure', 200);
    await cut;
    await fixture.kafka.kill9();
    await fixture.kafka.restart();
    expect(await expectExactlyOnce(fixture, 'broker-unsure')).toBeGreaterThan(0);
  }, 90_000);

  test('of the broker: acknowledged rows get their receipts, and the others after its restart', async () => {
    const { relay, letGo } = await beforeMarking('broker-between');
    await fixture.kafka.kill9();
    await letGo();
    await fixture.shop.allPublished();
    await fixture.shop.wishMany(concerts, 'broker-before', 200);
    await eventually(async () => (await relay.health('ready'))?.status === 503);
    expect(await fixture.shop.backlog()).toBe(200);
    await fixture.kafka.restart();
    expect(await expectExactlyOnce(fixture, 'broker-between')).toBe(0);
    await relay.ready();
  }, 90_000);
});
