import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FakeIdentityProvider } from '../../../../test/support/fake-identity-provider.ts';
import { IdentityProvider } from '../../driven/tokens/identity-provider.jose.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, tokenOf } from './http-samples.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';

describe('requestEntry with ENTRY_AUTH=jwt', () => {
  let issuer: FakeIdentityProvider;
  let api: TestApi;
  beforeAll(async () => {
    issuer = await FakeIdentityProvider.start();
    api = await TestApi.open({ entryAuth: 'jwt', provider: new IdentityProvider(issuer, () => undefined) });
  });
  afterAll(async () => {
    await api.close();
    await issuer.close();
  });
  const enter = (token: string, body: unknown = {}) => api.json('POST', ENTRIES, body, bearer(token));

  test("takes the user id from the user's token", async () => {
    expect((await enter(await issuer.token({ sub: 'bo' }))).statusCode).toBe(202);
    expect(api.messages).toEqual([{ concertId: 'c1', applicant: { userId: 'bo' } }]);
  });

  test('rejects a body that names a user', async () => {
    api.reset();
    for (const body of [{ userId: 'ann' }, { userId: 'mallory' }, { phoneNumber: '010-1234-5678' }])
      expect(expectProblem(await enter(await issuer.token(), body), 'INVALID_REQUEST')).toContain(
        'body must not name a user',
      );
    expectProblem(await enter(await issuer.token(), { sub: 'mallory' }), 'INVALID_REQUEST');
    expect(api.messages).toEqual([]);
  });

  test('rejects other tokens and invalid user ids', async () => {
    expectProblem(await api.json('POST', ENTRIES, {}), 'UNAUTHENTICATED');
    for (const sub of ['me', '.', '..', 'a b', 'a:b', 'auth0|7', 'ann@example.com', 'x'.repeat(129)])
      expectProblem(await enter(await issuer.token({ sub })), 'UNAUTHENTICATED');
    expectProblem(await enter(tokenOf('ann')), 'FORBIDDEN');
    expectProblem(await enter(ADMIN), 'FORBIDDEN');
    expect(api.messages).toEqual([]);
  });

  test('accepts operators by their scope', async () => {
    const list = async (claims: object) =>
      api.call('GET', '/v1/queues', { headers: bearer(await issuer.token({ sub: 'auth0|op', ...claims })) });
    expect((await list({ scope: 'openid queue:admin' })).statusCode).toBe(200);
    expect((await list({ scp: ['queue:admin'] })).statusCode).toBe(200);
    expectProblem(await list({ scope: 'queue:administrator queue admin' }), 'FORBIDDEN');
    expectProblem(await list({}), 'FORBIDDEN');
  });
});
