import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { outboxStatus } from '../../src/infrastructure/driven/postgres/outbox-status.ts';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { loggedRecords } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad, notInLog } from '../support/simulated-users.ts';
import { testResources } from '../support/test-resources.ts';
import { concerts, expectExactlyOnce, RelayFixture } from './relay.fixtures.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const BACKLOG = FULL ? 50_000 : 5_000;
const OPEN_FOR_MS = FULL ? 10_000 : 3_000;
const ROUNDS = FULL ? 10 : 1;

const resources = testResources();
let fixture: RelayFixture;
beforeAll(async () => {
  fixture = resources.use(await RelayFixture.open());
}, 90_000);
afterEach(() => fixture?.reset());

describe('a relay', () => {
  test('publishes committed rows once, also after a long transaction, and no rolled back ones', async () => {
    await fixture.startRelay();
    const slow = await fixture.database.pool.connect();
    await slow.query('begin');
    await slow.query('select concert_queue.request_entry($1, $2)', [concerts[0], 'slow']);
    const opened = performance.now();
    const load = new EntryLoad(fixture.api, concerts, 'direct').start(4, 20);
    let number = 0;
    while (performance.now() - opened < OPEN_FOR_MS) {
      await fixture.shop.wish(concerts[number % 5] ?? '', `quick-${number}`, number % 7 === 3);
      number += 1;
    }
    await fixture.shop.allPublished(5_000); // rows of the open transaction do not count
    expect((await fixture.shop.rows()).some(({ user_id }) => user_id === 'slow')).toBe(false);
    await slow.query('commit');
    slow.release();
    // The shop gets the entry token with a POST that keeps the place.
    await fixture.shop.allPublished(5_000);
    const { offset } = (await fixture.shop.rows()).find(({ user_id }) => user_id === 'slow') ?? {};
    const { entryToken } = granted(await fixture.api.requestEntry(concerts[0] ?? '', 'slow'));
    const entry = await eventually(async () => {
      const seen = granted(await fixture.api.myEntry(concerts[0] ?? '', entryToken));
      return seen.state !== 'PENDING' && seen;
    });
    expect(entry).toMatchObject({ state: 'WAITING', receipt: { offset } });

    const acknowledged = await load.stop();
    const rows = await fixture.shop.rows();
    expect(rows.filter(({ user_id }) => /-(3|10|17)$/.test(user_id))).toEqual([]);
    await expectExactlyOnce(fixture, 'quick');
    expect(notInLog(acknowledged, await readEvents(fixture.installation))).toEqual([]);
    const { lagMs, leader } = await outboxStatus(fixture.database);
    process.stderr.write(`relay: lag of ${rows.length} rows, one by one: ${JSON.stringify(lagMs)} ms; ${leader}\n`);
  }, 90_000);

  test('stands by while another relay leads, and takes over when that one is killed or suspended', async () => {
    await Promise.all([fixture.startRelay(), fixture.startRelay()]);
    const leading = async (): Promise<ServerProcess> => {
      const pid = Number((await outboxStatus(fixture.database)).leader?.split(':').at(-1));
      const found = fixture.relays.find((relay) => relay.pid === pid);
      if (!found) throw new Error(`no relay is the leader: ${pid}`);
      return found;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const leader = await eventually(leading);
      const before = await loggedRecords(fixture.installation);
      const wishes = fixture.shop.wishMany(concerts, `round-${round}`, 2_000);
      await eventually(async () => (await loggedRecords(fixture.installation)) > before, { every: 1 });
      const isKilled = round % 2 === 0;
      if (isKilled) await leader.kill9();
      else leader.pause(); // it keeps the lock until PostgreSQL ends its session
      await wishes;
      await fixture.shop.allPublished();
      leader.resume();
      if (isKilled) await fixture.startRelay();
    }
    await expectExactlyOnce(fixture, 'round');
  }, 180_000);

  test('publishes rows without a receipt again, as after a restored log, and no user has two places', async () => {
    await fixture.startRelay();
    await fixture.shop.wishMany(concerts, 'restored', 100);
    await fixture.shop.allPublished();
    // The steps of docs/operations.md.
    await fixture.database.rows(
      `update concert_queue.outbox set published_at = null, topic = null, partition = null, "offset" = null
        where published_at > $1 and user_id like 'restored-%'`,
      [new Date(Date.now() - 3_600_000)],
    );
    expect(await expectExactlyOnce(fixture, 'restored')).toBe(100);
  }, 60_000);
});

describe('a backlog', () => {
  test(`of ${BACKLOG} rows is published`, async () => {
    await fixture.shop.wishMany(concerts, 'backlog', BACKLOG);
    const relay = await fixture.launchRelay({
      KAFKA_BROKERS: fixture.kafka.brokers.join(),
      DATABASE_URL: fixture.postgres.url,
    });
    await eventually(async () => (await fixture.shop.backlog()) < BACKLOG, { within: 30_000, every: 10 });
    const [from, at] = [await fixture.shop.backlog(), performance.now()];
    await fixture.shop.allPublished(60_000);
    const perSecond = from / ((performance.now() - at) / 1000);
    expect(await expectExactlyOnce(fixture, 'backlog')).toBe(0);
    // The order of ids is the order of publication here.
    const last = new Map<number, number>();
    for (const { user_id, partition, offset } of await fixture.shop.rows()) {
      if (!user_id.startsWith('backlog-')) continue;
      expect(offset ?? -1).toBeGreaterThan(last.get(partition ?? -1) ?? -1);
      last.set(partition ?? -1, offset ?? -1);
    }
    process.stderr.write(`relay: ${BACKLOG} rows of backlog at ${Math.round(perSecond)} rows/s\n`);
    expect(await relay.stop()).toEqual({ status: 0, signal: null });
  }, 120_000);
});
