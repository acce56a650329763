import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TestDatabase } from '../../../../test/support/database.ts';
import { TcpProxy } from '../../../../test/support/tcp-proxy.ts';
import { freePorts } from '../../../../tools/stack/ports.ts';
import { describeEligibility, TIMEOUT_MS } from '../../../application/ports/eligibility.contract.ts';
import { migrate } from './migrations.ts';
import { PostgresEligibility } from './postgres-eligibility.ts';

const messages: string[] = [];
const record = (message: string): void => void messages.push(message);
const logger = { debug: record, info: record, warn: record, error: record };
let database: TestDatabase;
let proxy: TcpProxy;
let url: string;
const settings = { poolSize: 4, timeoutMs: TIMEOUT_MS };

beforeAll(async () => {
  database = await TestDatabase.create();
  await migrate(database, logger);
  const [port = 0] = await freePorts(1);
  proxy = await TcpProxy.start({ port, targetPort: Number(new URL(database.url).port) });
  url = Object.assign(new URL(database.url), { port: String(port) }).href;
}, 30_000);
afterAll(async () => {
  await proxy.close();
  await database.close();
});
beforeEach(() => void (messages.length = 0));

/** A view of a table of the shop. */
const VIEW = `create table shop_user (user_id varchar(200), phone_number varchar(40), points int);
  drop table concert_queue.eligible_user;
  create view concert_queue.eligible_user as select user_id, phone_number, points from shop_user`;

async function has(users: readonly { userId: string; phoneNumber: string; points: number }[]): Promise<void> {
  await database.rows('truncate shop_user');
  for (const { userId, phoneNumber, points } of users)
    await database.rows('insert into shop_user values ($1, $2, $3)', [userId, phoneNumber, points]);
}

describe('the migrated table', () => {
  test('is queried for users', async () => {
    const eligibility = new PostgresEligibility({ url, ...settings }, logger);
    await database.rows(`insert into concert_queue.eligible_user values ('ann', '01012345678', 7)`);
    expect(await eligibility.find({ phoneNumber: '010-1234-5678' })).toEqual({ userId: 'ann', points: 7 });
    expect(await eligibility.find({ phoneNumber: '010-1234-567' })).toBeUndefined();
    await eligibility.stop();
  });

  test('rejects an invalid user_id', async () => {
    for (const name of ['me', '..', 'a b', 'ann@example.org', '', 'x'.repeat(129)])
      await expect(
        database.rows('insert into concert_queue.eligible_user (user_id) values ($1)', [name]),
      ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('a view of the shop', () => {
  beforeAll(() => database.rows(VIEW));

  describeEligibility('a view', async () => {
    const eligibility = new PostgresEligibility({ url, ...settings }, logger);
    return {
      eligibility,
      has,
      hang: () => proxy.blackHole(),
      goAway: () => proxy.cut(),
      comeBack: () => proxy.pass(),
      close: async () => {
        proxy.pass();
        await eligibility.stop();
      },
    };
  });

  test('can have several rows of a user, but not one number for two users', async () => {
    const eligibility = new PostgresEligibility({ url, ...settings }, logger);
    await has([
      { userId: 'ann', phoneNumber: '010-1', points: 3 },
      { userId: 'ann', phoneNumber: '010-2', points: 3 },
      { userId: 'bo', phoneNumber: '010-2', points: 9 },
    ]);
    expect(await eligibility.find({ userId: 'ann' })).toEqual({ userId: 'ann', points: 3 });
    await expect(eligibility.find({ phoneNumber: '010-2' })).rejects.toMatchObject({ code: 'ELIGIBILITY_UNAVAILABLE' });
    expect(messages.join()).toContain('two different rows');
    await eligibility.stop();
  });

  test('that is too slow is cancelled by the server, without the number in the log', async () => {
    const eligibility = new PostgresEligibility({ url, poolSize: 1, timeoutMs: TIMEOUT_MS }, logger);
    await has([{ userId: 'ann', phoneNumber: '010-3333-4444', points: 3 }]);
    await database.rows(`create or replace view concert_queue.eligible_user as
      select user_id, phone_number, points from shop_user where pg_sleep(10) is not null`);
    await expect(eligibility.find({ phoneNumber: '010-3333-4444' })).rejects.toMatchObject({
      code: 'ELIGIBILITY_UNAVAILABLE',
    });
    expect(messages).toEqual(['PostgreSQL eligibility query failed: SQLSTATE 57014']);
    await database.rows(`create or replace view concert_queue.eligible_user as
      select user_id, phone_number, points from shop_user`);
    expect(await eligibility.find({ phoneNumber: '010-3333-4444' })).toEqual({ userId: 'ann', points: 3 });
    await eligibility.stop();
  });
});
