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

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open();
});
afterEach(() => api.reset());
afterAll(() => api.close());

const rejectWith = (code: ErrorCode) => () => {
  throw new QueueError(code, 'No.', { retryAfterSeconds: 1 });
};

describe('claimAdmission', () => {
  test('returns an admission token that must not be cached', async () => {
    const response = await api.call('POST', CLAIM, { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { admissionToken: 'd.e.f', activeUntil: '2025-12-01T11:00:12.345Z' },
    ]);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(api.messages).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });

  test.each<[ErrorCode, number]>([
    ['NOT_READY', 409],
    ['ADMISSION_ENDED', 409],
    ['PROJECTION_UNAVAILABLE', 503],
  ])('answers with the code %s', async (code, status) => {
    api.results.set(ClaimAdmission, rejectWith(code));
    const response = await api.call('POST', CLAIM, { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    if (status === 503) expect(response.headers['retry-after']).toBe('1');
  });

  test('requires an entry token of that concert', async () => {
    const statuses = await Promise.all(
      [{}, bearer('x'), bearer(token), bearer(ADMIN), bearer(tokenOf('ann', 'c2'))].map(
        async (headers) => (await api.call('POST', CLAIM, { headers })).statusCode,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 403, 403]);
    expect(api.messages).toEqual([]);
  });
});

describe('completeAdmission', () => {
  test.each([
    ['before it expires', token],
    ['after it has expired', expired],
  ])('accepts an admission token %s', async (_, admissionToken) => {
    const response = await api.call('POST', COMPLETE, { headers: bearer(admissionToken) });
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    expect(api.messages).toMatchObject([{ admission: { userId: 'ann', concertId: 'c1', offset: 41 } }]);
  });

  test('requires an admission token', async () => {
    const statuses = await Promise.all(
      [{}, bearer('x'), bearer(`${token}x`), bearer(tokenOf('ann')), bearer(ADMIN)].map(
        async (headers) => (await api.call('POST', COMPLETE, { headers })).statusCode,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    expect(api.messages).toEqual([]);
  });
});

describe('verifyAdmission', () => {
  test('answers with a status and no body', async () => {
    const response = await api.call('GET', VERIFY, { headers: bearer(token) });
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(api.messages).toEqual([{ admission }]);
  });

  test('accepts a concert id', async () => {
    await api.call('GET', `${VERIFY}?concertId=c2`, { headers: bearer(token) });
    expect(api.messages).toEqual([{ admission, concertId: 'c2' }]);
    const wrong = await api.call('GET', `${VERIFY}?concertId=a:b`, { headers: bearer(token) });
    expect([wrong.statusCode, wrong.json().code]).toEqual([400, 'INVALID_REQUEST']);
  });

  test.each<[ErrorCode, number]>([
    ['FORBIDDEN', 403],
    ['PROJECTION_UNAVAILABLE', 503],
  ])('answers with the code %s', async (code, status) => {
    api.results.set(VerifyAdmission, rejectWith(code));
    const response = await api.call('GET', VERIFY, { headers: bearer(token) });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('requires an admission token that has not expired', async () => {
    const foreign = new SignJWT({ cid: 'c1', off: 41 })
      .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'EdDSA' })
      .setSubject('ann')
      .setAudience('c2')
      .setExpirationTime(activeUntil / 1000)
      .sign(createPrivateKey(admissionKeys[0] ?? ''));
    for (const invalid of [expired, await foreign, tokenOf('ann'), 'x']) {
      const response = await api.call('GET', VERIFY, { headers: bearer(invalid) });
      expect([response.statusCode, response.json().code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
    expect((await api.call('GET', VERIFY)).statusCode).toBe(401);
    expect(api.messages).toEqual([]);
  });
});

test('serves the public keys without authentication, cacheable', async () => {
  const response = await api.call('GET', '/.well-known/jwks.json');
  expect([response.statusCode, response.json()]).toEqual([200, tokens.publicKeys]);
  expect(response.headers['cache-control']).toBe('public, max-age=300');
  expect(response.body).not.toContain('"d"');
});
