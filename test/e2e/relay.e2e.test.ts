import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { outboxStatus } from '../../src/infrastructure/postgres/outbox-status.ts';
import { type Api, granted } from '../support/api.ts';
import { Crowd, notInLog } from '../support/crowd.ts';
import { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { type PrivateKafka, startPrivateKafka } from '../support/private-kafka.ts';
import { type PrivatePostgres, startPrivatePostgres } from '../support/private-postgres.ts';
import { loggedRecords } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { fateOf, Shop } from '../support/shop.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { produceRequest, type WantedRequest } from '../support/tcp-proxy.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const BACKLOG = FULL ? 50_000 : 5_000;
const OPEN_FOR_MS = FULL ? 10_000 : 3_000;
const ROUNDS = FULL ? 10 : 1;
const concerts = Array.from({ length: 5 }, (_, number) => `concert-${number}`);

let kafka: PrivateKafka;
let postgres: PrivatePostgres;
let database: TestDatabase;
let shop: Shop;
let installation: Installation;
let api: Api;
const relays: ServerProcess[] = [];

beforeAll(async () => {
  [kafka, postgres] = await Promise.all([startPrivateKafka(), startPrivatePostgres()]);
  database = new TestDatabase(postgres.url);
  installation = await Installation.create({ brokers: kafka.brokers });
  api = installation.apiOf(await installation.start({ DATABASE_URL: postgres.url }));
  for (const concertId of concerts) {
    granted(await api.configure(concertId));
    granted(await api.steer(concertId, 'pause'));
  }
  shop = await eventually(() => Shop.open(database));
}, 90_000);
afterEach(async () => {
  kafka.proxy.pass();
  postgres.proxy.pass();
  await Promise.all(relays.splice(0).map((relay) => relay.alive && relay.kill9()));
});
afterAll(async () => {
  await installation.close();
  await database.close();
  await Promise.all([kafka.close(), postgres.close()]);
}, 30_000);

/** A relay that reaches its servers through their proxies. */
async function launchRelay(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const relay = await installation.launch({
    ROLES: 'relay',
    KAFKA_BROKERS: kafka.brokersThroughProxy.join(),
    DATABASE_URL: postgres.urlThroughProxy,
    ...settings,
  });
  relays.push(relay);
  return relay;
}
const startRelay = async (): Promise<ServerProcess> => (await launchRelay()).ready();

/**
 * Everything that was ever committed is published, folded and stored, and took effect exactly once.
 * @returns publications beyond the first, of the users so named
 */
async function expectExactlyOnce(name: string): Promise<number> {
  await shop.allPublished();
  const events = await expectStoredEqualsFold(installation, 60_000);
  const { wrong, unknown, repeats } = fateOf(await shop.rows(), events, (userId) => userId.startsWith('direct-'));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(unknown.slice(0, 5)).toEqual([]);
  return repeats.filter((userId) => userId.startsWith(`${name}-`)).length;
}

/** The statement that writes receipts; its response begins with the completion of Parse or Bind. */
const markRequest: WantedRequest = (request) =>
  request.includes('outbox-mark') ? (response) => response[0] === 0x31 || response[0] === 0x32 : undefined;

describe('a relay', () => {
  test('publishes what was committed, once, whenever that is, and nothing that was rolled back', async () => {
    await startRelay();
    const slow = await database.pool.connect();
    await slow.query('begin');
    await slow.query('select concert_queue.request_entry($1, $2)', [concerts[0], 'slow']);
    const opened = performance.now();
    const crowd = new Crowd(api, concerts, 'direct').start(4, 20);
    let number = 0;
    while (performance.now() - opened < OPEN_FOR_MS) {
      await shop.wish(concerts[number % 5] ?? '', `quick-${number}`, number % 7 === 3);
      number += 1;
    }
    await shop.allPublished(5_000); // all that is committed; the open transaction is no backlog
    expect((await shop.rows()).some(({ user_id }) => user_id === 'slow')).toBe(false);
    await slow.query('commit');
    slow.release();
    // The shop gets the entry token by the usual POST: a repeat, which keeps the place.
    await shop.allPublished(5_000);
    const { offset } = (await shop.rows()).find(({ user_id }) => user_id === 'slow') ?? {};
    const { entryToken } = granted(await api.requestEntry(concerts[0] ?? '', 'slow'));
    const entry = await eventually(async () => {
      const seen = granted(await api.myEntry(concerts[0] ?? '', entryToken));
      return seen.state !== 'PENDING' && seen;
    });
    expect(entry).toMatchObject({ state: 'WAITING', receipt: { offset } });

    const acknowledged = await crowd.stop();
    const rows = await shop.rows();
    expect(rows.filter(({ user_id }) => /-(3|10|17)$/.test(user_id))).toEqual([]);
    await expectExactlyOnce('quick');
    expect(notInLog(acknowledged, await readEvents(installation))).toEqual([]);
    const { lagMs, leader } = await outboxStatus(database);
    process.stderr.write(`relay: lag of ${rows.length} rows, one by one: ${JSON.stringify(lagMs)} ms; ${leader}\n`);
  }, 90_000);

  test('leaves the work to another that lives, and takes over when that one is killed or held', async () => {
    await Promise.all([startRelay(), startRelay()]);
    const leading = async (): Promise<ServerProcess> => {
      const pid = Number((await outboxStatus(database)).leader?.split(':').at(-1));
      const found = relays.find((relay) => relay.pid === pid);
      if (!found) throw new Error(`no relay leads: ${pid}`);
      return found;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const leader = await eventually(leading);
      const before = await loggedRecords(installation);
      const wishes = shop.wishMany(concerts, `round-${round}`, 2_000);
      await eventually(async () => (await loggedRecords(installation)) > before, { every: 1 });
      const isKilled = round % 2 === 0;
      if (isKilled) await leader.kill9();
      else leader.pause(); // it keeps the lock until the server finds it stuck
      await wishes;
      await shop.allPublished();
      leader.resume();
      if (isKilled) await startRelay();
    }
    await expectExactlyOnce('round');
  }, 180_000);

  test('publishes again what lost its receipt, as after an older log was restored, and nobody has two places', async () => {
    await startRelay();
    await shop.wishMany(concerts, 'restored', 100);
    await shop.allPublished();
    // As docs/operations.md says.
    await database.rows(
      `update concert_queue.outbox set published_at = null, topic = null, partition = null, "offset" = null
        where published_at > $1 and user_id like 'restored-%'`,
      [new Date(Date.now() - 3_600_000)],
    );
    expect(await expectExactlyOnce('restored')).toBe(100);
  }, 60_000);
});

describe('whatever is killed', () => {
  /** Rows that a relay has read and cannot send. */
  async function beforeSending(name: string): Promise<ServerProcess> {
    const relay = await startRelay();
    kafka.proxy.blackHole();
    await shop.wishMany(concerts, name, 200);
    await eventually(async () => (await statements('published_at is null')) > 0);
    return relay;
  }

  /** Rows that a relay has published and cannot mark. */
  async function beforeMarking(name: string): Promise<{ relay: ServerProcess; letGo: () => Promise<void> }> {
    await shop.wishMany(concerts, name, 200);
    const letGo = await shop.holdMarks();
    const before = await loggedRecords(installation);
    const relay = await launchRelay();
    await eventually(async () => (await loggedRecords(installation)) >= before + 200, { within: 20_000 });
    await eventually(async () => (await statements('update concert_queue.outbox', 'Lock')) > 0);
    return { relay, letGo };
  }

  /** Rows that a relay has published and marked, without being told. */
  async function afterMarking(name: string): Promise<ServerProcess> {
    const relay = await startRelay();
    const cut = postgres.proxy.cutBeforeResponse(markRequest);
    await shop.wishMany(concerts, name, 200);
    await cut;
    return relay;
  }

  /** How many relays' last or present statement it is. */
  async function statements(sql: string, waitsFor = ''): Promise<number> {
    const [row] = await database.rows<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
        where application_name like 'concert-queue relay%' and position($1 in query) > 0 and wait_event_type ~ $2`,
      [sql, waitsFor],
    );
    return row?.n ?? 0;
  }

  test('the relay before it has sent: another publishes, once', async () => {
    const relay = await beforeSending('relay-before');
    await relay.kill9();
    kafka.proxy.pass();
    await startRelay();
    await expectExactlyOnce('relay-before');
  }, 60_000);

  test('the relay between the log and the receipt: another publishes again, and nobody has two places', async () => {
    const { relay, letGo } = await beforeMarking('relay-between');
    await relay.kill9();
    // Its last words had arrived; as if they had not.
    await database.rows(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'concert-queue relay%' and wait_event_type = 'Lock'`);
    await letGo();
    await startRelay();
    expect(await expectExactlyOnce('relay-between')).toBe(200);
  }, 60_000);

  test('the relay just after the receipts: nothing is published again', async () => {
    const relay = await afterMarking('relay-after');
    await relay.kill9();
    await startRelay();
    expect(await expectExactlyOnce('relay-after')).toBe(0);
  }, 60_000);

  test('PostgreSQL before the relay has sent: nothing is lost', async () => {
    await beforeSending('database-before');
    await postgres.kill9();
    kafka.proxy.pass();
    await postgres.restart();
    await expectExactlyOnce('database-before');
  }, 60_000);

  test('PostgreSQL between the log and the receipt: the relay remembers what it has published', async () => {
    const { letGo } = await beforeMarking('database-between');
    await postgres.kill9();
    await letGo();
    await postgres.restart();
    expect(await expectExactlyOnce('database-between')).toBe(0);
  }, 60_000);

  test('PostgreSQL just after the receipts: they are durable', async () => {
    await afterMarking('database-after');
    await postgres.kill9();
    await postgres.restart();
    expect(await expectExactlyOnce('database-after')).toBe(0);
  }, 60_000);

  test('the broker when it has taken what it did not confirm: it is said again, and nobody has two places', async () => {
    await startRelay();
    const cut = kafka.proxy.cutBeforeResponse(produceRequest);
    await shop.wishMany(concerts, 'broker-unsure', 200);
    await cut;
    await kafka.kill9();
    await kafka.restart();
    expect(await expectExactlyOnce('broker-unsure')).toBeGreaterThan(0);
  }, 90_000);

  test('the broker: what it has taken gets its receipt all the same, and the rest when it is back', async () => {
    const { relay, letGo } = await beforeMarking('broker-between');
    await kafka.kill9();
    await letGo();
    await shop.allPublished();
    await shop.wishMany(concerts, 'broker-before', 200);
    await eventually(async () => (await relay.health('ready'))?.status === 503);
    expect(await shop.backlog()).toBe(200);
    await kafka.restart();
    expect(await expectExactlyOnce('broker-between')).toBe(0);
    await relay.ready();
  }, 90_000);
});

describe('a backlog', () => {
  test(`works off ${BACKLOG} rows`, async () => {
    await shop.wishMany(concerts, 'backlog', BACKLOG);
    const relay = await launchRelay({ KAFKA_BROKERS: kafka.brokers.join(), DATABASE_URL: postgres.url });
    await eventually(async () => (await shop.backlog()) < BACKLOG, { within: 30_000, every: 10 });
    const [from, at] = [await shop.backlog(), performance.now()];
    await shop.allPublished(60_000);
    const perSecond = from / ((performance.now() - at) / 1000);
    expect(await expectExactlyOnce('backlog')).toBe(0);
    // In the order of ids, which here is that of publication.
    const last = new Map<number, number>();
    for (const { user_id, partition, offset } of await shop.rows()) {
      if (!user_id.startsWith('backlog-')) continue;
      expect(offset ?? -1).toBeGreaterThan(last.get(partition ?? -1) ?? -1);
      last.set(partition ?? -1, offset ?? -1);
    }
    process.stderr.write(`relay: ${BACKLOG} rows of backlog at ${Math.round(perSecond)} rows/s\n`);
    expect(await relay.stop()).toEqual({ status: 0, signal: null });
  }, 120_000);
});
