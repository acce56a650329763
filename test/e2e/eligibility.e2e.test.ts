import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Api, type EntryAccepted, granted } from '../support/api.ts';
import { TestDatabase } from '../support/database.ts';
import { type DedicatedPostgres, startDedicatedPostgres } from '../support/dedicated-postgres.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import type { ServerProcess } from '../support/server.ts';
import { resourcesOfEachTest, testResources } from '../support/test-resources.ts';

const SERVICE_TOKEN = 'service-token-of-the-shop-0123456789';
const service = { ENTRY_AUTH: 'service', SERVICE_TOKEN };
const NUMBER = '010-1234-5678';
const AWAY = { status: 503, body: { code: 'ELIGIBILITY_UNAVAILABLE' } };

const ofTest = resourcesOfEachTest();
let installation: Installation;

const enter = (api: Api, concertId: string, body: object): Promise<Answer<EntryAccepted>> =>
  api.ask('POST', `/v1/concerts/${concertId}/queue/entries`, { token: SERVICE_TOKEN, body });

describe('eligibility from PostgreSQL', () => {
  const resources = testResources();
  let postgres: DedicatedPostgres;
  let database: TestDatabase;
  beforeAll(async () => {
    postgres = resources.use(await startDedicatedPostgres());
    database = resources.use(new TestDatabase(postgres.url));
  }, 60_000);

  async function startServer(settings: Readonly<Record<string, string>>): Promise<{ server: ServerProcess; api: Api }> {
    installation = ofTest().use(await Installation.create());
    const server = await installation.start({ LOG_LEVEL: 'trace', DATABASE_URL: postgres.url, ...settings });
    const api = installation.apiOf(server);
    granted(await api.configure('free'));
    granted(await api.configure('costly', { minimumBalance: 100 }));
    // The server migrates the schema in the background.
    await eventually(() =>
      database.rows(`insert into concert_queue.eligible_user (user_id, phone_number, points)
        values ('ann', '${NUMBER}', 100), ('bo', '01099999999', 99) on conflict do nothing`),
    );
    return { server, api };
  }

  test('accepts by phone number and by balance, and stores the number nowhere', async () => {
    const { server, api } = await startServer(service);
    const ann = granted(await enter(api, 'free', { phoneNumber: NUMBER }));
    const entry = await eventually(async () => {
      const seen = granted(await api.myEntry('free', ann.entryToken));
      return seen.state !== 'PENDING' && seen;
    });
    expect(entry).toMatchObject({ userId: 'ann', receipt: ann.receipt });
    // The user id names the same user, who keeps the place.
    expect(await enter(api, 'free', { userId: 'ann' })).toMatchObject({ status: 202 });

    expect(await enter(api, 'costly', { phoneNumber: NUMBER })).toMatchObject({ status: 202 });
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject({ status: 202 });
    for (const body of [{ phoneNumber: '010-9999-9999' }, { userId: 'bo' }])
      expect(await enter(api, 'costly', body)).toMatchObject({ status: 422, body: { code: 'INSUFFICIENT_BALANCE' } });
    for (const [concertId, body] of [
      ['free', { phoneNumber: '010-0000-0000' }],
      ['costly', { userId: 'unknown' }],
    ] as const)
      expect(await enter(api, concertId, body)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });

    const log = await readTopic(installation, installation.topic);
    const written = [...log.map(({ key, value }) => key + value.toString('latin1')), server.output, server.complaints];
    for (const digits of ['1234-5678', '12345678', '9999-9999', '0000-0000'])
      expect(written.filter((text) => text.includes(digits))).toEqual([]);
    expect(log.filter(({ key }) => key.startsWith('bo:') || key.startsWith('unknown:'))).toEqual([]);
  }, 60_000);

  test('rejects requests that need PostgreSQL while it is down, and accepts the others', async () => {
    const { server, api } = await startServer(service);
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject({ status: 202 });
    await postgres.kill9();
    for (const [concertId, body] of [
      ['costly', { userId: 'ann' }],
      ['costly', { phoneNumber: NUMBER }],
      ['free', { phoneNumber: NUMBER }],
    ] as const)
      expect(await enter(api, concertId, body)).toMatchObject(AWAY);
    const answer = await fetch(`${server.url}/v1/concerts/costly/queue/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SERVICE_TOKEN}`, 'content-type': 'application/json' },
      body: '{"userId":"ann"}',
    });
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await enter(api, 'free', { userId: 'cy' })).toMatchObject({ status: 202 });
    expect(await server.health('ready')).toMatchObject({ status: 200 });

    await postgres.restart();
    await eventually(async () => (await enter(api, 'costly', { userId: 'ann' })).ok);
    expect(await enter(api, 'costly', { phoneNumber: NUMBER })).toMatchObject({ status: 202 });
  }, 60_000);

  test('stops waiting for a hanging PostgreSQL after ELIGIBILITY_TIMEOUT_MS', async () => {
    const { urlThroughProxy, proxy } = postgres;
    const { api } = await startServer({ ...service, DATABASE_URL: urlThroughProxy, ELIGIBILITY_TIMEOUT_MS: '200' });
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject({ status: 202 });
    proxy.blackHole();
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, () => enter(api, 'costly', { userId: 'ann' })));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    for (const answer of answers) expect(answer).toMatchObject(AWAY);
    proxy.pass();
    await eventually(async () => (await enter(api, 'costly', { userId: 'ann' })).ok);
  }, 60_000);

  test('reveals nothing about phone numbers to unauthorized callers', async () => {
    const { api } = await startServer({ ENTRY_AUTH: 'open' });
    for (const phoneNumber of [NUMBER, '010-0000-0000'])
      expect(await enter(api, 'free', { phoneNumber })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  }, 60_000);
});

describe('eligibility without PostgreSQL', () => {
  test('rejects requests that need a lookup if no endpoint is configured', async () => {
    installation = ofTest().use(await Installation.create());
    const api = installation.apiOf(await installation.start(service));
    granted(await api.configure('free'));
    granted(await api.configure('costly', { minimumBalance: 0 }));
    expect(await enter(api, 'free', { phoneNumber: NUMBER })).toMatchObject(AWAY);
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject(AWAY);
    expect(await enter(api, 'free', { userId: 'ann' })).toMatchObject({ status: 202 });
  }, 60_000);

  test('uses the endpoint of the shop', async () => {
    const shop = await openShop({ ann: 150 });
    installation = ofTest().use(await Installation.create());
    const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`;
    const api = installation.apiOf(await installation.start({ ...service, ELIGIBILITY_URL: url }));
    granted(await api.configure('costly', { minimumBalance: 100 }));
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject({ status: 202 });
    expect(await enter(api, 'costly', { userId: 'bo' })).toMatchObject({ status: 404 });
    shop.closeAllConnections();
    await new Promise((closed) => shop.close(closed));
    expect(await enter(api, 'costly', { userId: 'ann' })).toMatchObject(AWAY);
  }, 60_000);
});

function openShop(points: Readonly<Record<string, number>>): Promise<Server> {
  const shop = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { userId = '' } = JSON.parse(body) as { readonly userId?: string };
      const user = userId in points ? { userId, points: points[userId] } : null;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ user }));
    });
  });
  return new Promise((resolve) => {
    shop.listen(0, '127.0.0.1', () => resolve(shop));
  });
}
