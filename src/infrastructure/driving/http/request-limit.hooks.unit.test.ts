import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { eventually } from '../../../../test/support/eventually.ts';
import { FakeIdentityProvider } from '../../../../test/support/fake-identity-provider.ts';
import { JoseAdmissionTokens } from '../../driven/tokens/admission-token.jose.ts';
import { IdentityProvider } from '../../driven/tokens/identity-provider.jose.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, admissionKeys, bearer, SERVICE, tokenOf } from './http-samples.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';
import { limitInFlightRequests } from './request-limit.hooks.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';
const openApis: TestApi[] = [];
afterEach(async () => {
  for (const api of openApis.splice(0)) await api.close();
});
async function apiWith(settings: Parameters<typeof TestApi.open>[0]): Promise<TestApi> {
  const api = await TestApi.open(settings);
  openApis.push(api);
  return api;
}
const statuses = async (times: number, send: (time: number) => Promise<{ readonly statusCode: number }>) => {
  const received: number[] = [];
  for (let time = 0; time < times; time++) received.push((await send(time)).statusCode);
  return received;
};

describe('with RATE_LIMIT_PER_ADDRESS', () => {
  const limited = (more: Parameters<typeof TestApi.open>[0] = {}) => apiWith({ limits: { perAddress: 3 }, ...more });
  const queue = (api: TestApi, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') =>
    api.call('GET', '/v1/concerts/c1/queue', { headers, remoteAddress });

  test('rejects an address beyond its limit, with Retry-After', async () => {
    const api = await limited();
    expect(await statuses(3, () => queue(api))).toEqual([200, 200, 200]);
    const refused = await queue(api);
    expect(expectProblem(refused, 'TOO_MANY_REQUESTS')).toContain('this address');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds >= 1 && seconds <= 60).toBe(true);
    expect((await queue(api, {}, '192.0.2.2')).statusCode).toBe(200);
  });

  test('counts unknown paths, wrong tokens and malformed bodies', async () => {
    const api = await limited();
    await api.call('GET', '/nothing');
    await api.call('GET', '/v1/queues', { headers: bearer('guess') });
    await api.json('POST', ENTRIES, '{');
    expectProblem(await api.call('GET', '/nothing'), 'TOO_MANY_REQUESTS');
    expectProblem(await api.call('GET', '/v1/queues', { headers: bearer('guess') }), 'TOO_MANY_REQUESTS');
  });

  test('counts health by itself: other requests of the address take nothing from a probe', async () => {
    const api = await limited();
    expect(await statuses(4, () => queue(api))).toEqual([200, 200, 200, 429]);
    const probe = () => api.call('GET', '/health/live', { remoteAddress: '192.0.2.1' });
    expect(await statuses(4, probe)).toEqual([200, 200, 200, 429]);
  });

  test("does not count the shop's backend and operators", async () => {
    const api = await limited({ entryAuth: 'service' });
    const enter = () => api.json('POST', ENTRIES, { userId: 'ann' }, bearer(SERVICE));
    expect(new Set(await statuses(10, enter))).toEqual(new Set([202]));
    expect(new Set(await statuses(10, () => api.call('GET', '/v1/queues', { headers: bearer(ADMIN) })))).toEqual(
      new Set([200]),
    );
  });

  test('counts the holder of a token by user, so that users behind one address do not lock each other out', async () => {
    const api = await limited({ limits: { perAddress: 3, perUser: 2 } });
    const mine = (userId: string) => () =>
      api.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf(userId)), remoteAddress: '192.0.2.1' });
    expect(await statuses(4, () => queue(api))).toEqual([200, 200, 200, 429]);
    expect(await statuses(3, mine('ann'))).toEqual([200, 200, 429]);
    expect(await statuses(3, mine('bo'))).toEqual([200, 200, 429]);
  });

  test('counts streams with an invalid token against the address', async () => {
    const api = await limited();
    const stream = () => api.call('GET', `${ENTRIES}/me/events`, { headers: bearer('a.b.c') });
    expect(await statuses(5, stream)).toEqual([401, 401, 401, 429, 429]);
  });

  test('counts verifications of the protected site by user, ten times as many, and guesses by address', async () => {
    const api = await limited({ limits: { perAddress: 3, perUser: 1 } });
    const tokens = await JoseAdmissionTokens.with(admissionKeys);
    const activeUntil = Date.now() + 60_000;
    const verify = (token: string) => () => api.call('GET', '/v1/admissions/verify', { headers: bearer(token) });
    expect(await statuses(5, verify('a.b.c'))).toEqual([401, 401, 401, 429, 429]);
    for (const userId of ['ann', 'bo']) {
      const token = await tokens.sign({ userId, concertId: 'c1', offset: 41, activeUntil });
      expect(await statuses(12, verify(token))).toEqual([...Array<number>(10).fill(204), 429, 429]);
    }
  });

  test('ignores X-Forwarded-For without TRUST_PROXY', async () => {
    const api = await limited();
    expect(await statuses(5, (time) => queue(api, { 'x-forwarded-for': `192.0.2.${10 + time}` }))).toEqual([
      200, 200, 200, 429, 429,
    ]);
  });

  test.each<[string, number | readonly string[]]>([
    ['a number of proxies', 1],
    ['addresses of proxies', ['198.51.100.0/24']],
  ])('finds the client address when TRUST_PROXY is %s', async (_, trustProxy) => {
    const api = await limited({ trustProxy });
    const send = (time: number, client: string) =>
      // A proxy appends the address it saw to the header that the client sent.
      queue(api, { 'x-forwarded-for': `10.0.0.${time}, ${client}` }, '198.51.100.7');
    expect(await statuses(5, (time) => send(time, '192.0.2.1'))).toEqual([200, 200, 200, 429, 429]);
    expect((await send(9, '192.0.2.2')).statusCode).toBe(200);
  });

  test('ignores X-Forwarded-For of an untrusted proxy', async () => {
    const api = await limited({ trustProxy: ['198.51.100.0/24'] });
    expect(await statuses(4, (time) => queue(api, { 'x-forwarded-for': `192.0.2.${time}` }, '203.0.113.5'))).toEqual([
      200, 200, 200, 429,
    ]);
  });
});

describe('with RATE_LIMIT_PER_USER', () => {
  const limits = { perUser: 3 };

  test('rejects a user beyond the limit, from any address', async () => {
    const api = await apiWith({ limits });
    const enter = (userId: string, remoteAddress: string) =>
      api.call('POST', ENTRIES, {
        payload: JSON.stringify({ userId }),
        headers: { 'content-type': 'application/json' },
        remoteAddress,
      });
    expect(await statuses(4, (time) => enter('ann', `192.0.2.${time}`))).toEqual([202, 202, 202, 429]);
    expectProblem(await api.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf('ann')) }), 'TOO_MANY_REQUESTS');
    expect((await enter('bo', '192.0.2.1')).statusCode).toBe(202);
    expect(api.messages).toHaveLength(4);
  });

  test("counts by the user of the user's token", async () => {
    const issuer = await FakeIdentityProvider.start();
    try {
      const api = await apiWith({
        limits,
        entryAuth: 'jwt',
        provider: new IdentityProvider(issuer, () => undefined),
      });
      const enter = async (sub: string) => api.json('POST', ENTRIES, {}, bearer(await issuer.token({ sub })));
      expect(await statuses(4, () => enter('ann'))).toEqual([202, 202, 202, 429]);
      expect((await enter('bo')).statusCode).toBe(202);
    } finally {
      await issuer.close();
    }
  });
});

describe('with ACCEPT_LIMIT_PER_SECOND', () => {
  const limits = { acceptedPerSecond: 1 };

  test('rejects excess requests for entry before it reads them, and no other requests', async () => {
    const api = await apiWith({ limits });
    expect((await api.json('POST', ENTRIES, { userId: 'ann' })).statusCode).toBe(202);
    const refused = await api.json('POST', ENTRIES, 'not even JSON');
    expectProblem(refused, 'OVERLOADED');
    expect([1, 2, 3]).toContain(Number(refused.headers['retry-after']));
    expect((await api.call('GET', '/v1/concerts/c1/queue')).statusCode).toBe(200);
    expect(api.messages).toHaveLength(2);
  });

  test('is not used up by unauthorized callers', async () => {
    const api = await apiWith({ limits, entryAuth: 'service' });
    expect(await statuses(5, () => api.json('POST', ENTRIES, { userId: 'ann' }))).toEqual([401, 401, 401, 401, 401]);
    expect((await api.json('POST', ENTRIES, { userId: 'ann' }, bearer(SERVICE))).statusCode).toBe(202);
  });
});

test('rejects requests beyond the maximum in flight, and accepts more after a request has ended', async () => {
  const fastify = Fastify();
  limitInFlightRequests(fastify, 2);
  const answers: (() => void)[] = [];
  fastify.get('/slow', () => new Promise((resolve) => answers.push(() => resolve('done'))));
  fastify.get('/health/live', () => 'alive');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const address = fastify.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const statusOf = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
  const inFlight = (many: number) => eventually(() => answers.length === many);
  try {
    const aborted = httpRequest({ host: '127.0.0.1', port, path: '/slow' }).on('error', () => undefined);
    aborted.end();
    const kept = statusOf('/slow');
    await inFlight(2);
    expect([await statusOf('/slow'), await statusOf('/health/live')]).toEqual([500, 200]); // 500: this server has no problem filter
    aborted.destroy();
    // The server frees the place once it notices the closed connection; earlier requests are rejected.
    const accepted = eventually(async () => (await statusOf('/slow')) === 200);
    await inFlight(3);
    for (const answer of answers) answer();
    expect([await kept, await accepted]).toEqual([200, true]);
  } finally {
    for (const answer of answers) answer();
    await fastify.close();
  }
});
