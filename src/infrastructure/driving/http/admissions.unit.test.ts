import { createPrivateKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { type ErrorCode, QueueError } from '../../../application/errors.ts';
import { VerifyAdmission } from '../../../application/queries/verify-admission.query.ts';
import { JoseAdmissionTokens } from '../../driven/tokens/admission-token.jose.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, admissionKeys, bearer, receipt, tokenOf } from './http-samples.fixtures.ts';

const CLAIM = '/v1/concerts/c1/queue/entries/me/claim';
const COMPLETE = '/v1/admissions/complete';
const VERIFY = '/v1/admissions/verify';
const activeUntil = Math.floor(Date.now() / 1000) * 1000 + 60_000;
const admission = { userId: 'ann', concertId: 'c1', offset: 41, activeUntil };
const tokens = await JoseAdmissionTokens.with(admissionKeys);
const token = await tokens.sign(admission);
const expired = await tokens.sign({ ...admission, activeUntil: 1_764_586_800_000 });

let door: TestApi;
beforeAll(async () => {
  door = await TestApi.open();
});
afterEach(() => door.reset());
afterAll(() => door.close());

const refusing = (code: ErrorCode) => () => {
  throw new QueueError(code, 'No.', { retryAfterSeconds: 1 });
};

describe('a claim', () => {
  test("is answered with an admission token, for nobody's cache", async () => {
    const response = await door.call('POST', CLAIM, { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { admissionToken: 'd.e.f', activeUntil: '2025-12-01T11:00:12.345Z' },
    ]);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(door.asked).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });

  test.each<[ErrorCode, number]>([
    ['NOT_READY', 409],
    ['ADMISSION_ENDED', 409],
    ['PROJECTION_UNAVAILABLE', 503],
  ])('may be refused with %s', async (code, status) => {
    door.answers.set(ClaimAdmission, refusing(code));
    const response = await door.call('POST', CLAIM, { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    if (status === 503) expect(response.headers['retry-after']).toBe('1');
  });

  test('needs the entry token of that concert', async () => {
    const stati = await Promise.all(
      [{}, bearer('x'), bearer(token), bearer(ADMIN), bearer(tokenOf('ann', 'c2'))].map(
        async (headers) => (await door.call('POST', CLAIM, { headers })).statusCode,
      ),
    );
    expect(stati).toEqual([401, 401, 401, 403, 403]);
    expect(door.asked).toEqual([]);
  });
});

describe('a completion', () => {
  test.each([
    ['in time', token],
    ['late', expired],
  ])('is taken %s', async (_, given) => {
    const response = await door.call('POST', COMPLETE, { headers: bearer(given) });
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    expect(door.asked).toMatchObject([{ admission: { userId: 'ann', concertId: 'c1', offset: 41 } }]);
  });

  test('needs an admission token', async () => {
    const stati = await Promise.all(
      [{}, bearer('x'), bearer(`${token}x`), bearer(tokenOf('ann')), bearer(ADMIN)].map(
        async (headers) => (await door.call('POST', COMPLETE, { headers })).statusCode,
      ),
    );
    expect(stati).toEqual([401, 401, 401, 401, 401]);
    expect(door.asked).toEqual([]);
  });
});

describe('the auth request of a proxy', () => {
  test('is answered by its status alone', async () => {
    const response = await door.call('GET', VERIFY, { headers: bearer(token) });
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(door.asked).toEqual([{ admission }]);
  });

  test('may name the concert', async () => {
    await door.call('GET', `${VERIFY}?concertId=c2`, { headers: bearer(token) });
    expect(door.asked).toEqual([{ admission, concertId: 'c2' }]);
    const wrong = await door.call('GET', `${VERIFY}?concertId=a:b`, { headers: bearer(token) });
    expect([wrong.statusCode, wrong.json().code]).toEqual([400, 'INVALID_REQUEST']);
  });

  test.each<[ErrorCode, number]>([
    ['FORBIDDEN', 403],
    ['PROJECTION_UNAVAILABLE', 503],
  ])('may be refused with %s', async (code, status) => {
    door.answers.set(VerifyAdmission, refusing(code));
    const response = await door.call('GET', VERIFY, { headers: bearer(token) });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('needs an admission token that has not expired', async () => {
    const foreign = new SignJWT({ cid: 'c1', off: 41 })
      .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'EdDSA' })
      .setSubject('ann')
      .setAudience('c2')
      .setExpirationTime(activeUntil / 1000)
      .sign(createPrivateKey(admissionKeys[0] ?? ''));
    for (const given of [expired, await foreign, tokenOf('ann'), 'x']) {
      const response = await door.call('GET', VERIFY, { headers: bearer(given) });
      expect([response.statusCode, response.json().code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
    expect((await door.call('GET', VERIFY)).statusCode).toBe(401);
    expect(door.asked).toEqual([]);
  });
});

test('the public keys are there for everyone, and may be cached', async () => {
  const response = await door.call('GET', '/.well-known/jwks.json');
  expect([response.statusCode, response.json()]).toEqual([200, tokens.publicKeys]);
  expect(response.headers['cache-control']).toBe('public, max-age=300');
  expect(response.body).not.toContain('"d"');
});
