import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FakeIdentityProvider } from '../../../../test/support/fake-identity-provider.ts';
import { IdentityProvider } from '../../driven/tokens/identity-provider.jose.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, tokenOf } from './http-samples.fixtures.ts';
import { problem } from './problem.fixtures.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';

describe('with ENTRY_AUTH=jwt, the door of entry', () => {
  let issuer: FakeIdentityProvider;
  let own: TestApi;
  beforeAll(async () => {
    issuer = await FakeIdentityProvider.start();
    own = await TestApi.open({ entryAuth: 'jwt', provider: new IdentityProvider(issuer, () => undefined) });
  });
  afterAll(async () => {
    await own.close();
    await issuer.close();
  });
  const ask = (token: string, body: unknown = {}) => own.json('POST', ENTRIES, body, bearer(token));

  test("takes the user from the user's own token", async () => {
    expect((await ask(await issuer.token({ sub: 'bo' }))).statusCode).toBe(202);
    expect(own.asked).toEqual([{ concertId: 'c1', applicant: { userId: 'bo' } }]);
  });

  test('lets the body name nobody, not even the user', async () => {
    own.reset();
    for (const body of [{ userId: 'ann' }, { userId: 'mallory' }, { phoneNumber: '010-1234-5678' }])
      expect(problem(await ask(await issuer.token(), body), 'INVALID_REQUEST')).toContain('body must not name a user');
    problem(await ask(await issuer.token(), { sub: 'mallory' }), 'INVALID_REQUEST');
    expect(own.asked).toEqual([]);
  });

  test('is shut to everyone else', async () => {
    problem(await own.json('POST', ENTRIES, {}), 'UNAUTHENTICATED');
    for (const sub of ['me', '.', '..', 'a b', 'a:b', 'auth0|7', 'ann@example.com', 'x'.repeat(129)])
      problem(await ask(await issuer.token({ sub })), 'UNAUTHENTICATED');
    problem(await ask(tokenOf('ann')), 'FORBIDDEN');
    problem(await ask(ADMIN), 'FORBIDDEN');
    expect(own.asked).toEqual([]);
  });

  test('lets operators in by their scope', async () => {
    const list = async (claims: object) =>
      own.call('GET', '/v1/queues', { headers: bearer(await issuer.token({ sub: 'auth0|op', ...claims })) });
    expect((await list({ scope: 'openid queue:admin' })).statusCode).toBe(200);
    expect((await list({ scp: ['queue:admin'] })).statusCode).toBe(200);
    problem(await list({ scope: 'queue:administrator queue admin' }), 'FORBIDDEN');
    problem(await list({}), 'FORBIDDEN');
  });
});
