import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { loggedRecords } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { produceRequest, type WantedRequest } from '../support/tcp-proxy.ts';
import { testResources } from '../support/test-resources.ts';
import { concerts, expectExactlyOnce, RelayScene } from './relay.fixtures.ts';

const resources = testResources();
let scene: RelayScene;
beforeAll(async () => {
  scene = resources.use(await RelayScene.open());
}, 90_000);
afterEach(() => scene?.reset());

/** The statement that writes receipts; its response begins with the completion of Parse or Bind. */
const markRequest: WantedRequest = (request) =>
  request.includes('outbox-mark') ? (response) => response[0] === 0x31 || response[0] === 0x32 : undefined;

describe('whatever is killed', () => {
  /** Rows that a relay has read and cannot send. */
  async function beforeSending(name: string): Promise<ServerProcess> {
    const relay = await scene.startRelay();
    scene.kafka.proxy.blackHole();
    await scene.shop.wishMany(concerts, name, 200);
    await eventually(async () => (await statements('published_at is null')) > 0);
    return relay;
  }

  /** Rows that a relay has published and cannot mark. */
  async function beforeMarking(name: string): Promise<{ relay: ServerProcess; letGo: () => Promise<void> }> {
    await scene.shop.wishMany(concerts, name, 200);
    const letGo = await scene.shop.holdMarks();
    const before = await loggedRecords(scene.installation);
    const relay = await scene.launchRelay();
    await eventually(async () => (await loggedRecords(scene.installation)) >= before + 200, { within: 20_000 });
    await eventually(async () => (await statements('update concert_queue.outbox', 'Lock')) > 0);
    return { relay, letGo };
  }

  /** Rows that a relay has published and marked, without being told. */
  async function afterMarking(name: string): Promise<ServerProcess> {
    const relay = await scene.startRelay();
    const cut = scene.postgres.proxy.cutBeforeResponse(markRequest);
    await scene.shop.wishMany(concerts, name, 200);
    await cut;
    return relay;
  }

  /** How many relays' last or present statement it is. */
  async function statements(sql: string, waitsFor = ''): Promise<number> {
    const [row] = await scene.database.rows<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
        where application_name like 'concert-queue relay%' and position($1 in query) > 0 and wait_event_type ~ $2`,
      [sql, waitsFor],
    );
    return row?.n ?? 0;
  }

  test('the relay before it has sent: another publishes, once', async () => {
    const relay = await beforeSending('relay-before');
    await relay.kill9();
    scene.kafka.proxy.pass();
    await scene.startRelay();
    await expectExactlyOnce(scene, 'relay-before');
  }, 60_000);

  test('the relay between the log and the receipt: another publishes again, and nobody has two places', async () => {
    const { relay, letGo } = await beforeMarking('relay-between');
    await relay.kill9();
    // Its last words had arrived; as if they had not.
    await scene.database.rows(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'concert-queue relay%' and wait_event_type = 'Lock'`);
    await letGo();
    await scene.startRelay();
    expect(await expectExactlyOnce(scene, 'relay-between')).toBe(200);
  }, 60_000);

  test('the relay just after the receipts: nothing is published again', async () => {
    const relay = await afterMarking('relay-after');
    await relay.kill9();
    await scene.startRelay();
    expect(await expectExactlyOnce(scene, 'relay-after')).toBe(0);
  }, 60_000);

  test('PostgreSQL before the relay has sent: nothing is lost', async () => {
    await beforeSending('database-before');
    await scene.postgres.kill9();
    scene.kafka.proxy.pass();
    await scene.postgres.restart();
    await expectExactlyOnce(scene, 'database-before');
  }, 60_000);

  test('PostgreSQL between the log and the receipt: the relay remembers what it has published', async () => {
    const { letGo } = await beforeMarking('database-between');
    await scene.postgres.kill9();
    await letGo();
    await scene.postgres.restart();
    expect(await expectExactlyOnce(scene, 'database-between')).toBe(0);
  }, 60_000);

  test('PostgreSQL just after the receipts: they are durable', async () => {
    await afterMarking('database-after');
    await scene.postgres.kill9();
    await scene.postgres.restart();
    expect(await expectExactlyOnce(scene, 'database-after')).toBe(0);
  }, 60_000);

  test('the broker when it has taken what it did not confirm: it is said again, and nobody has two places', async () => {
    await scene.startRelay();
    const cut = scene.kafka.proxy.cutBeforeResponse(produceRequest);
    await scene.shop.wishMany(concerts, 'broker-unsure', 200);
    await cut;
    await scene.kafka.kill9();
    await scene.kafka.restart();
    expect(await expectExactlyOnce(scene, 'broker-unsure')).toBeGreaterThan(0);
  }, 90_000);

  test('the broker: what it has taken gets its receipt all the same, and the rest when it is back', async () => {
    const { relay, letGo } = await beforeMarking('broker-between');
    await scene.kafka.kill9();
    await letGo();
    await scene.shop.allPublished();
    await scene.shop.wishMany(concerts, 'broker-before', 200);
    await eventually(async () => (await relay.health('ready'))?.status === 503);
    expect(await scene.shop.backlog()).toBe(200);
    await scene.kafka.restart();
    expect(await expectExactlyOnce(scene, 'broker-between')).toBe(0);
    await relay.ready();
  }, 90_000);
});
