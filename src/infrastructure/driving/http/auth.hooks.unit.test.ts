import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, entryTokens, SERVICE, tokenOf } from './http-samples.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const ENTRIES = '/v1/concerts/c1/queue/entries';

const api = await TestApi.open();
afterEach(() => api.reset());
afterAll(() => api.close());

const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.`;
const forged = `${tokenOf('ann').slice(0, -2)}xx`;

describe('routes of operators', () => {
  test.each<[string, string, object | undefined]>([
    ['PUT', '/v1/concerts/c1/queue', policy],
    ['POST', '/v1/concerts/c1/queue/pause', undefined],
    ['POST', '/v1/concerts/c1/queue/resume', undefined],
    ['POST', '/v1/concerts/c1/queue/close', undefined],
    ['GET', '/v1/queues', undefined],
    ['HEAD', '/v1/queues', undefined],
    ['DELETE', `${ENTRIES}/ann`, undefined],
    ['POST', `${ENTRIES}/ann/reinstate`, undefined],
  ])('%s %s rejects unauthorized callers and users', async (method, url, body) => {
    const call = (headers: Record<string, string>) =>
      body ? api.json(method, url, body, headers) : api.call(method, url, { headers });
    for (const token of ['wrong', `${ADMIN}x`, ADMIN.slice(1), forged, none])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call({})).headers['www-authenticate']).toBe('Bearer');
    expect((await call({ authorization: `Basic ${ADMIN}` })).statusCode).toBe(401);
    expect((await call({ authorization: ADMIN })).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann')))).statusCode).toBe(403);
    expect(api.messages).toEqual([]);
    expect((await call({ authorization: `bearer  ${ADMIN}` })).statusCode).toBeLessThan(300);
  });

  test('distinguish a missing token from an insufficient one', async () => {
    expectProblem(await api.call('GET', '/v1/queues'), 'UNAUTHENTICATED');
    expectProblem(await api.call('GET', '/v1/queues', { headers: bearer(tokenOf('ann')) }), 'FORBIDDEN');
  });

  test('reject unauthorized callers before they validate the request', async () => {
    expectProblem(await api.json('PUT', '/v1/concerts/c1/queue', 'not json'), 'UNAUTHENTICATED');
    expectProblem(
      await api.json('PUT', '/v1/concerts/a%20b/queue', { nonsense: 'x'.repeat(20_000) }),
      'UNAUTHENTICATED',
    );
  });
});

describe('routes of an entry', () => {
  test.each(['GET', 'HEAD', 'DELETE'])('%s requires the entry token', async (method) => {
    const call = (headers: Record<string, string>) => api.call(method, `${ENTRIES}/me`, { headers });
    const old = entryTokens.sign({ userId: 'ann', concertId: 'c1', partition: 3, offset: 41 });
    for (const token of ['x', forged, none, 'a.b.c', `${old}.`, 'x'.repeat(5_000)])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann', 'c2')))).statusCode).toBe(403);
    expect((await call(bearer(ADMIN))).statusCode).toBe(403);
    expect(api.messages).toEqual([]);
  });

  test('explain the rejection', async () => {
    expectProblem(await api.call('GET', `${ENTRIES}/me`, { headers: bearer(forged) }), 'UNAUTHENTICATED');
    const other = await api.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf('ann', 'c2')) });
    expect(expectProblem(other, 'FORBIDDEN')).toContain('another concert');
  });
});

describe('requestEntry with ENTRY_AUTH=service', () => {
  let shop: TestApi;
  beforeAll(async () => {
    shop = await TestApi.open({ entryAuth: 'service' });
  });
  afterAll(() => shop.close());
  const enter = (headers: Record<string, string>, body: unknown = { userId: 'ann' }) =>
    shop.json('POST', ENTRIES, body, headers);

  test('accepts the service token only', async () => {
    expectProblem(await enter({}), 'UNAUTHENTICATED');
    expectProblem(await enter(bearer('wrong')), 'UNAUTHENTICATED');
    expectProblem(await enter(bearer(tokenOf('ann'))), 'FORBIDDEN');
    expectProblem(await enter(bearer(ADMIN)), 'FORBIDDEN');
    expect(shop.messages).toEqual([]);
    expect((await enter(bearer(SERVICE))).statusCode).toBe(202);
    expectProblem(await shop.call('GET', '/v1/queues', { headers: bearer(SERVICE) }), 'FORBIDDEN');
  });

  test('accepts a phone number from the shop', async () => {
    shop.reset();
    expect((await enter(bearer(SERVICE), { phoneNumber: '010-1234-5678' })).statusCode).toBe(202);
    expect(shop.messages).toEqual([{ concertId: 'c1', applicant: { phoneNumber: '010-1234-5678' } }]);
    expectProblem(await enter(bearer(SERVICE), {}), 'INVALID_REQUEST');
  });
});
