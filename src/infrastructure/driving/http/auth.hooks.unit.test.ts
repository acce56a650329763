import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, entryTokens, SERVICE, tokenOf } from './http-samples.fixtures.ts';
import { problem } from './problem.fixtures.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const ENTRIES = '/v1/concerts/c1/queue/entries';

const door = await TestApi.open();
afterEach(() => door.reset());
afterAll(() => door.close());

const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.`;
const forged = `${tokenOf('ann').slice(0, -2)}xx`;

describe('the door of operators', () => {
  test.each<[string, string, object | undefined]>([
    ['PUT', '/v1/concerts/c1/queue', policy],
    ['POST', '/v1/concerts/c1/queue/pause', undefined],
    ['POST', '/v1/concerts/c1/queue/resume', undefined],
    ['POST', '/v1/concerts/c1/queue/close', undefined],
    ['GET', '/v1/queues', undefined],
    ['HEAD', '/v1/queues', undefined],
    ['DELETE', `${ENTRIES}/ann`, undefined],
    ['POST', `${ENTRIES}/ann/reinstate`, undefined],
  ])('%s %s is shut to strangers and fans', async (method, url, body) => {
    const call = (headers: Record<string, string>) =>
      body ? door.json(method, url, body, headers) : door.call(method, url, { headers });
    for (const token of ['wrong', `${ADMIN}x`, ADMIN.slice(1), forged, none])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call({})).headers['www-authenticate']).toBe('Bearer');
    expect((await call({ authorization: `Basic ${ADMIN}` })).statusCode).toBe(401);
    expect((await call({ authorization: ADMIN })).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann')))).statusCode).toBe(403);
    expect(door.asked).toEqual([]);
    expect((await call({ authorization: `bearer  ${ADMIN}` })).statusCode).toBeLessThan(300);
  });

  test('tells what is missing and what is not enough', async () => {
    problem(await door.call('GET', '/v1/queues'), 'UNAUTHENTICATED');
    problem(await door.call('GET', '/v1/queues', { headers: bearer(tokenOf('ann')) }), 'FORBIDDEN');
  });

  test('turns strangers away before it looks at what they brought', async () => {
    problem(await door.json('PUT', '/v1/concerts/c1/queue', 'not json'), 'UNAUTHENTICATED');
    problem(await door.json('PUT', '/v1/concerts/a%20b/queue', { nonsense: 'x'.repeat(20_000) }), 'UNAUTHENTICATED');
  });
});

describe('the door of an entry', () => {
  test.each(['GET', 'HEAD', 'DELETE'])('%s is open to the holder of its token only', async (method) => {
    const call = (headers: Record<string, string>) => door.call(method, `${ENTRIES}/me`, { headers });
    const old = entryTokens.sign({ userId: 'ann', concertId: 'c1', partition: 3, offset: 41 });
    for (const token of ['x', forged, none, 'a.b.c', `${old}.`, 'x'.repeat(5_000)])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann', 'c2')))).statusCode).toBe(403);
    expect((await call(bearer(ADMIN))).statusCode).toBe(403);
    expect(door.asked).toEqual([]);
  });

  test('explains itself', async () => {
    problem(await door.call('GET', `${ENTRIES}/me`, { headers: bearer(forged) }), 'UNAUTHENTICATED');
    const other = await door.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf('ann', 'c2')) });
    expect(problem(other, 'FORBIDDEN')).toContain('another concert');
  });
});

describe('with ENTRY_AUTH=service, the door of entry', () => {
  let shop: TestApi;
  beforeAll(async () => {
    shop = await TestApi.open({ entryAuth: 'service' });
  });
  afterAll(() => shop.close());
  const ask = (headers: Record<string, string>, body: unknown = { userId: 'ann' }) =>
    shop.json('POST', ENTRIES, body, headers);

  test('is open to the shop only', async () => {
    problem(await ask({}), 'UNAUTHENTICATED');
    problem(await ask(bearer('wrong')), 'UNAUTHENTICATED');
    problem(await ask(bearer(tokenOf('ann'))), 'FORBIDDEN');
    problem(await ask(bearer(ADMIN)), 'FORBIDDEN');
    expect(shop.asked).toEqual([]);
    expect((await ask(bearer(SERVICE))).statusCode).toBe(202);
    problem(await shop.call('GET', '/v1/queues', { headers: bearer(SERVICE) }), 'FORBIDDEN');
  });

  test('lets the shop name a phone number', async () => {
    shop.reset();
    expect((await ask(bearer(SERVICE), { phoneNumber: '010-1234-5678' })).statusCode).toBe(202);
    expect(shop.asked).toEqual([{ concertId: 'c1', applicant: { phoneNumber: '010-1234-5678' } }]);
    problem(await ask(bearer(SERVICE), {}), 'INVALID_REQUEST');
  });
});
