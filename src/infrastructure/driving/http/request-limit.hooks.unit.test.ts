import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { eventually } from '../../../../test/support/eventually.ts';
import { FakeIdentityProvider } from '../../../../test/support/fake-identity-provider.ts';
import { IdentityProvider } from '../../driven/tokens/identity-provider.jose.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, SERVICE, tokenOf } from './http-samples.fixtures.ts';
import { problem } from './problem.fixtures.ts';
import { limitInFlightRequests } from './request-limit.hooks.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';
const open: TestApi[] = [];
afterEach(async () => {
  for (const door of open.splice(0)) await door.close();
});
async function doorWith(settings: Parameters<typeof TestApi.open>[0]): Promise<TestApi> {
  const door = await TestApi.open(settings);
  open.push(door);
  return door;
}
const statuses = async (times: number, ask: (time: number) => Promise<{ readonly statusCode: number }>) => {
  const seen: number[] = [];
  for (let time = 0; time < times; time++) seen.push((await ask(time)).statusCode);
  return seen;
};

describe('with RATE_LIMIT_PER_ADDRESS', () => {
  const limited = (more: Parameters<typeof TestApi.open>[0] = {}) => doorWith({ limits: { perAddress: 3 }, ...more });
  const queue = (door: TestApi, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') =>
    door.call('GET', '/v1/concerts/c1/queue', { headers, remoteAddress });

  test('an address that asks too often is told so, and when to come back', async () => {
    const door = await limited();
    expect(await statuses(3, () => queue(door))).toEqual([200, 200, 200]);
    const refused = await queue(door);
    expect(problem(refused, 'TOO_MANY_REQUESTS')).toContain('this address');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds >= 1 && seconds <= 60).toBe(true);
    expect((await queue(door, {}, '192.0.2.2')).statusCode).toBe(200);
  });

  test('unknown paths, wrong tokens and malformed bodies count, too', async () => {
    const door = await limited();
    await door.call('GET', '/nothing');
    await door.call('GET', '/v1/queues', { headers: bearer('guess') });
    await door.json('POST', ENTRIES, '{');
    problem(await door.call('GET', '/nothing'), 'TOO_MANY_REQUESTS');
    problem(await door.call('GET', '/v1/queues', { headers: bearer('guess') }), 'TOO_MANY_REQUESTS');
  });

  test('counts health by itself: other requests of the address take nothing from a probe', async () => {
    const door = await limited();
    expect(await statuses(4, () => queue(door))).toEqual([200, 200, 200, 429]);
    const probe = () => door.call('GET', '/health/live', { remoteAddress: '192.0.2.1' });
    expect(await statuses(4, probe)).toEqual([200, 200, 200, 429]);
  });

  test("does not count the shop's backend and operators", async () => {
    const door = await limited({ entryAuth: 'service' });
    const enter = () => door.json('POST', ENTRIES, { userId: 'ann' }, bearer(SERVICE));
    expect(new Set(await statuses(10, enter))).toEqual(new Set([202]));
    expect(new Set(await statuses(10, () => door.call('GET', '/v1/queues', { headers: bearer(ADMIN) })))).toEqual(
      new Set([200]),
    );
  });

  test('counts the holder of a token by user, so that users behind one address do not lock each other out', async () => {
    const door = await limited({ limits: { perAddress: 3, perUser: 2 } });
    const mine = (userId: string) => () =>
      door.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf(userId)), remoteAddress: '192.0.2.1' });
    expect(await statuses(4, () => queue(door))).toEqual([200, 200, 200, 429]);
    expect(await statuses(3, mine('ann'))).toEqual([200, 200, 429]);
    expect(await statuses(3, mine('bo'))).toEqual([200, 200, 429]);
  });

  test('counts streams with an invalid token against the address', async () => {
    const door = await limited();
    const stream = () => door.call('GET', `${ENTRIES}/me/events`, { headers: bearer('a.b.c') });
    expect(await statuses(5, stream)).toEqual([401, 401, 401, 429, 429]);
  });

  test('the protected site may ask for all its visitors, and guesses at tokens count', async () => {
    const door = await limited();
    const verify = () => door.call('GET', '/v1/admissions/verify', { headers: bearer('a.b.c') });
    expect(await statuses(5, verify)).toEqual([401, 401, 401, 429, 429]);
  });

  test('nobody escapes by what they say of their address', async () => {
    const door = await limited();
    expect(await statuses(5, (time) => queue(door, { 'x-forwarded-for': `192.0.2.${10 + time}` }))).toEqual([
      200, 200, 200, 429, 429,
    ]);
  });

  test.each<[string, number | readonly string[]]>([
    ['how many proxies there are', 1],
    ['which addresses are proxies', ['198.51.100.0/24']],
  ])('TRUST_PROXY says %s, and with it what the address is', async (_, trustProxy) => {
    const door = await limited({ trustProxy });
    const asked = (time: number, client: string) =>
      // What the client itself wrote stands to the left of what the proxy saw.
      queue(door, { 'x-forwarded-for': `10.0.0.${time}, ${client}` }, '198.51.100.7');
    expect(await statuses(5, (time) => asked(time, '192.0.2.1'))).toEqual([200, 200, 200, 429, 429]);
    expect((await asked(9, '192.0.2.2')).statusCode).toBe(200);
  });

  test('a proxy that is not trusted says nothing', async () => {
    const door = await limited({ trustProxy: ['198.51.100.0/24'] });
    expect(await statuses(4, (time) => queue(door, { 'x-forwarded-for': `192.0.2.${time}` }, '203.0.113.5'))).toEqual([
      200, 200, 200, 429,
    ]);
  });
});

describe('with RATE_LIMIT_PER_USER', () => {
  const limits = { perUser: 3 };

  test('a user who asks too often is told so, from wherever they ask', async () => {
    const door = await doorWith({ limits });
    const enter = (userId: string, remoteAddress: string) =>
      door.call('POST', ENTRIES, {
        payload: JSON.stringify({ userId }),
        headers: { 'content-type': 'application/json' },
        remoteAddress,
      });
    expect(await statuses(4, (time) => enter('ann', `192.0.2.${time}`))).toEqual([202, 202, 202, 429]);
    problem(await door.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf('ann')) }), 'TOO_MANY_REQUESTS');
    expect((await enter('bo', '192.0.2.1')).statusCode).toBe(202);
    expect(door.asked).toHaveLength(4);
  });

  test('it is the user of the own token that counts', async () => {
    const issuer = await FakeIdentityProvider.start();
    try {
      const door = await doorWith({
        limits,
        entryAuth: 'jwt',
        provider: new IdentityProvider(issuer, () => undefined),
      });
      const enter = async (sub: string) => door.json('POST', ENTRIES, {}, bearer(await issuer.token({ sub })));
      expect(await statuses(4, () => enter('ann'))).toEqual([202, 202, 202, 429]);
      expect((await enter('bo')).statusCode).toBe(202);
    } finally {
      await issuer.close();
    }
  });
});

describe('with ACCEPT_LIMIT_PER_SECOND', () => {
  const limits = { acceptedPerSecond: 1 };

  test('what is over is refused before anything is read, and nothing else is', async () => {
    const door = await doorWith({ limits });
    expect((await door.json('POST', ENTRIES, { userId: 'ann' })).statusCode).toBe(202);
    const refused = await door.json('POST', ENTRIES, 'not even JSON');
    problem(refused, 'OVERLOADED');
    expect([1, 2, 3]).toContain(Number(refused.headers['retry-after']));
    expect((await door.call('GET', '/v1/concerts/c1/queue')).statusCode).toBe(200);
    expect(door.asked).toHaveLength(2);
  });

  test("strangers use up nobody's turn", async () => {
    const door = await doorWith({ limits, entryAuth: 'service' });
    expect(await statuses(5, () => door.json('POST', ENTRIES, { userId: 'ann' }))).toEqual([401, 401, 401, 401, 401]);
    expect((await door.json('POST', ENTRIES, { userId: 'ann' }, bearer(SERVICE))).statusCode).toBe(202);
  });
});

test('what is more than the process can hold is refused, and whoever leaves makes room', async () => {
  const fastify = Fastify();
  limitInFlightRequests(fastify, 2);
  const answers: (() => void)[] = [];
  fastify.get('/slow', () => new Promise((resolve) => answers.push(() => resolve('done'))));
  fastify.get('/health/live', () => 'alive');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const address = fastify.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
  const underWay = (many: number) => eventually(() => answers.length === many);
  try {
    const gone = httpRequest({ host: '127.0.0.1', port, path: '/slow' }).on('error', () => undefined);
    gone.end();
    const stays = ask('/slow');
    await underWay(2);
    expect([await ask('/slow'), await ask('/health/live')]).toEqual([500, 200]); // no filter here writes problems
    gone.destroy();
    // Its place is free once the server has noticed; who asks too early is refused.
    const taken = eventually(async () => (await ask('/slow')) === 200);
    await underWay(3);
    for (const answer of answers) answer();
    expect([await stays, await taken]).toEqual([200, true]);
  } finally {
    for (const answer of answers) answer();
    await fastify.close();
  }
});
