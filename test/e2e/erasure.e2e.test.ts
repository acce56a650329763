/** Erasure of the link between a person and a pseudonym (docs/operations.md), and the remaining data. */
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold, storedQueues } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const SERVICE_TOKEN = 'service-token-of-the-shop-0123456789';
const concertId = 'concert';
const PSEUDONYM = 'p-7f3a91';
const NUMBER = '010-1234-5678';

const resources = testResources();
let installation: Installation;
let database: TestDatabase;
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  database = resources.use(await TestDatabase.create());
  installation = resources.use(await Installation.create({ partitions: 1 }));
  server = await installation.start({
    DATABASE_URL: database.url,
    ENTRY_AUTH: 'service',
    SERVICE_TOKEN,
    LOG_LEVEL: 'debug',
  });
  api = installation.apiOf(server);
  // An admitted user who does not claim causes TimePassed events, which purge closed entries too.
  granted(await api.configure(concertId, { capacity: 1, claimWindowSeconds: 1, outcomeRetentionSeconds: 1 }));
  await eventually(() =>
    database.rows('insert into concert_queue.eligible_user (user_id, phone_number, points) values ($1, $2, 0)', [
      PSEUDONYM,
      NUMBER,
    ]),
  );
}, 180_000);

const enter = (body: object) =>
  api.ask<{ entryToken: string }>('POST', `/v1/concerts/${concertId}/queue/entries`, { token: SERVICE_TOKEN, body });
const isInTheView = async () =>
  [...(await storedQueues(installation)).values()].some(({ state }) => state.includes(PSEUDONYM));

test('after the row of a user is deleted, the view purges the entry and the log keeps only the pseudonym', async () => {
  const { entryToken } = granted(await enter({ phoneNumber: NUMBER }));
  await eventually(isInTheView);
  granted(await api.leave(concertId, entryToken));
  await database.rows('delete from concert_queue.eligible_user where user_id = $1', [PSEUDONYM]);
  expect(await enter({ phoneNumber: NUMBER })).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });

  granted(await enter({ userId: 'another-user' }));
  await eventually(async () => !(await isInTheView()), { within: 30_000, every: 200 });
  // A valid token never gets 404, but a closed state.
  expect(granted(await api.myEntry(concertId, entryToken))).toMatchObject({ state: 'LEFT' });

  expect(await command(installation, 'projections', 'rebuild', '--concert', concertId)).toMatchObject({ status: 0 });
  await expectStoredEqualsFold(installation);
  expect(await isInTheView()).toBe(false);

  const log = (await readTopic(installation, installation.topic)).map(
    ({ key, value }) => key + value.toString('latin1'),
  );
  expect(log.filter((text) => text.includes(PSEUDONYM))).toHaveLength(2); // the entry request and the leave
  expect(server.output).not.toContain(PSEUDONYM);
  for (const text of [...log, server.output, server.complaints]) expect(text).not.toMatch(/1234-?5678/);
}, 90_000);
