import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TestDatabase } from '../../../../test/support/database.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { FatalError } from '../../../application/errors.ts';
import type { OutboxLeadership } from '../../../application/ports/outbox.port.ts';
import { migrate, requireMigrated } from './migrations.ts';
import { outboxStatus } from './outbox-status.ts';
import { PostgresOutbox } from './postgres-outbox.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const REQUEST = 'select concert_queue.request_entry($1, $2) as id';
const never = new AbortController().signal;
let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
}, 30_000);
afterAll(() => database.close());

const request = async (concertId: string, userId: string): Promise<bigint> => {
  const [row] = await database.rows<{ id: string }>(REQUEST, [concertId, userId]);
  return BigInt(row?.id ?? -1);
};

describe('the schema', () => {
  test('is required by a process that must not migrate', async () => {
    await expect(requireMigrated(database)).rejects.toThrow(FatalError);
  });

  test('is created once by concurrent processes', async () => {
    const done = await Promise.all([migrate(database, quiet), migrate(database, quiet), migrate(database, quiet)]);
    expect(done.flat()).toEqual(['0001_eligible-user', '0002_outbox', '0003_outbox-notification']);
    expect(await migrate(database, quiet)).toEqual([]);
    await requireMigrated(database);
  });
});

describe('concert_queue.request_entry', () => {
  test.each([
    ['', 'ann'],
    ['.', 'ann'],
    ['..', 'ann'],
    ['a b', 'ann'],
    ['spring:tour', 'ann'],
    ['spring\n', 'ann'],
    ['x'.repeat(65), 'ann'],
    [null, 'ann'],
    ['spring', ''],
    ['spring', 'me'],
    ['spring', '..'],
    ['spring', 'ann@example.org'],
    ['spring', 'x'.repeat(129)],
    ['spring', null],
  ])('rejects (%j, %j)', async (concertId, userId) => {
    await expect(database.rows(REQUEST, [concertId, userId])).rejects.toMatchObject({ code: '22023' });
  });

  test('accepts the longest ids and every allowed character', async () => {
    expect(await request('x'.repeat(64), 'y'.repeat(128))).toBeGreaterThan(0n);
    expect(await request('a.b_c~d-E', '...')).toBeGreaterThan(0n);
    await database.rows('delete from concert_queue.outbox');
  });

  test('needs no privilege on the table', async () => {
    const role = `shop_${new URL(database.url).pathname.slice(1)}`;
    await database.rows(`create role ${role}`);
    const client = await database.pool.connect();
    try {
      await client.query(`grant usage on schema concert_queue to ${role}`);
      await client.query(`set role ${role}`);
      await expect(client.query(REQUEST, ['spring', 'ann'])).rejects.toMatchObject({ code: '42501' });
      await client.query('reset role');
      await client.query(`grant execute on function concert_queue.request_entry(text, text) to ${role}`);
      await client.query(`set role ${role}`);
      await client.query('begin');
      await client.query(REQUEST, ['spring', 'ann']);
      await expect(client.query('select * from concert_queue.outbox')).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback');
    } finally {
      await client.query('reset role');
      await client.query(`drop owned by ${role}`);
      await client.query(`drop role ${role}`);
      client.release();
    }
  });
});

describe('the leadership of an outbox', () => {
  let first: PostgresOutbox;
  let second: PostgresOutbox;
  beforeEach(() => {
    first = new PostgresOutbox(database, 'first:1');
    second = new PostgresOutbox(database, 'second:2');
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
    await database.rows('truncate concert_queue.outbox');
  });

  async function leadOf(outbox: PostgresOutbox): Promise<OutboxLeadership> {
    return eventually(async () => (await outbox.lead()) ?? false);
  }

  test('belongs to one process, and moves to another when its session ends', async () => {
    const lead = await leadOf(first);
    expect(await first.lead()).toBe(lead);
    expect(await second.lead()).toBeUndefined();
    expect((await outboxStatus(database)).leader).toBe('first:1');
    await database.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%first:1'`,
    );
    await leadOf(second);
    await expect(lead.unpublished(-1n, 1)).rejects.toThrow('PostgreSQL');
    await lead.woken(60_000, never); // returns at once
    await expect(eventually(() => first.lead())).resolves.toBeUndefined();
  });

  test('reads committed rows in any order of commits', async () => {
    const lead = await leadOf(first);
    const slow = await database.pool.connect();
    const undone = await database.pool.connect();
    await slow.query('begin');
    await slow.query(REQUEST, ['spring', 'slow']);
    await undone.query('begin');
    await undone.query(REQUEST, ['spring', 'undone']);
    await request('spring', 'quick');
    const users = async () => (await lead.unpublished(-1n, 10)).map(({ userId }) => userId);
    expect(await users()).toEqual(['quick']);
    await undone.query('rollback');
    await slow.query('commit');
    expect(await users()).toEqual(['slow', 'quick']);
    slow.release();
    undone.release();
  });

  test('reads 10,000 rows of one transaction by id, without those of a savepoint that was rolled back', async () => {
    const lead = await leadOf(first);
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(`select concert_queue.request_entry('spring', 'u' || n) from generate_series(1, 5000) n`);
    await client.query('savepoint half');
    await client.query(`select concert_queue.request_entry('spring', 'undone' || n) from generate_series(1, 100) n`);
    await client.query('rollback to savepoint half');
    await client.query(`select concert_queue.request_entry('spring', 'u' || n) from generate_series(5001, 10000) n`);
    expect(await lead.unpublished(-1n, 1)).toEqual([]);
    await client.query('commit');
    client.release();
    const users: string[] = [];
    let after = -1n;
    for (
      let rows = await lead.unpublished(after, 1_000);
      rows.length > 0;
      rows = await lead.unpublished(after, 1_000)
    ) {
      users.push(...rows.map(({ userId }) => userId));
      after = rows.at(-1)?.id ?? after;
    }
    expect(users).toEqual(Array.from({ length: 10_000 }, (_, index) => `u${index + 1}`));
  });

  test('reads rows of a prepared transaction from its commit on, if it sends no notification', async () => {
    const lead = await leadOf(first);
    const client = await database.pool.connect();
    const begin = async (userId: string, ...settings: readonly string[]): Promise<void> => {
      await client.query('begin');
      for (const setting of settings) await client.query(setting);
      await client.query(REQUEST, ['spring', userId]);
    };
    await begin('notified');
    await expect(client.query(`prepare transaction 'notified'`)).rejects.toMatchObject({ code: '0A000' });
    await begin('ann', `set local concert_queue.notify = 'off'`);
    await client.query(`prepare transaction 'silent'`);
    expect(await lead.unpublished(-1n, 10)).toEqual([]);
    await client.query(`commit prepared 'silent'`);
    expect((await lead.unpublished(-1n, 10)).map(({ userId }) => userId)).toEqual(['ann']);
    client.release();
  });

  test('keeps one entryId for each row, and omits rows with a receipt', async () => {
    const lead = await leadOf(first);
    await request('spring', 'ann');
    await request('spring', 'ann');
    const rows = await lead.unpublished(-1n, 10);
    expect(await lead.unpublished(-1n, 10)).toEqual(rows);
    expect(new Set(rows.map(({ entryId }) => entryId)).size).toBe(2);
    expect(Math.abs((rows[0]?.createdAt ?? 0) - Date.now())).toBeLessThan(10_000);
    const [one] = rows;
    if (!one) throw new Error('no row');
    await lead.mark([{ id: one.id, receipt: { topic: 'queue.entry', partition: 3, offset: 2 ** 40 } }]);
    expect(await lead.unpublished(-1n, 10)).toEqual(rows.slice(1));
    expect(await lead.unpublished(rows[1]?.id ?? 0n, 10)).toEqual([]);
    expect(
      await database.rows('select topic, partition, "offset"::float8 from concert_queue.outbox where id = $1', [
        one.id,
      ]),
    ).toEqual([{ topic: 'queue.entry', partition: 3, offset: 2 ** 40 }]);
    expect(await outboxStatus(database)).toMatchObject({ backlog: 1, publishedPerSecond: 1 / 60 });
  });

  test('wakes on commit', async () => {
    const lead = await leadOf(first);
    await lead.unpublished(-1n, 10);
    let woken = false;
    const waiting = lead.woken(60_000, never).then(() => (woken = true));
    const shop = await database.pool.connect();
    await shop.query('begin');
    await shop.query(REQUEST, ['spring', 'ann']);
    await database.rows('select pg_sleep(0.1)');
    expect(woken).toBe(false);
    await shop.query('commit');
    shop.release();
    await waiting;
    expect(await lead.unpublished(-1n, 10)).toHaveLength(1);

    await lead.woken(20, never);
    const stop = new AbortController();
    const stopped = lead.woken(60_000, stop.signal);
    stop.abort();
    await stopped;
  });

  test('prunes old published rows only', async () => {
    const lead = await leadOf(first);
    for (const userId of ['ann', 'bo', 'cy']) await request('spring', userId);
    const rows = await lead.unpublished(-1n, 10);
    await lead.mark(
      rows.slice(0, 2).map(({ id }) => ({ id, receipt: { topic: 'queue.entry', partition: 0, offset: 0 } })),
    );
    await database.rows(`update concert_queue.outbox set created_at = created_at - interval '1 day',
      published_at = published_at - case when user_id = 'bo' then interval '0' else interval '1 day' end`);
    expect(await lead.prune(3600, 10)).toBe(1);
    expect(await database.rows('select user_id from concert_queue.outbox order by id')).toEqual([
      { user_id: 'bo' },
      { user_id: 'cy' },
    ]);
    expect((await outboxStatus(database)).oldestSeconds).toBeGreaterThan(86_000);
  });
});
