import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { QueueError } from '../../../application/errors.ts';
import { JoseAdmissionTokens } from './admission-token.jose.ts';
import { staticTokens } from './bearer.ts';
import { BearerAuthentication } from './bearer-authentication.ts';
import { HmacEntryTokens } from './entry-token.hmac.ts';
import type { Identity } from './identity-provider.jose.ts';

const ADMIN = 'the-admin-token-of-the-tests-0123456789';
const SERVICE = 'the-service-token-of-the-tests-0123456789';
const entry = new HmacEntryTokens(['the-entry-secret-of-the-tests-0123456789']);
const claims = { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 };
const entryToken = entry.sign(claims);

let admission: JoseAdmissionTokens;
let admissionToken: string;
beforeAll(async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  admission = await JoseAdmissionTokens.with([pem]);
  admissionToken = await admission.sign({
    userId: 'ann',
    concertId: 'c1',
    offset: 41,
    activeUntil: Date.now() + 60_000,
  });
});

/** The tokens of the provider. */
const identities: Readonly<Record<string, Identity>> = {
  'ann-at-the-provider': { subject: 'ann', scopes: new Set(['openid']) },
  'op-at-the-provider': { subject: 'auth0|op', scopes: new Set(['queue:admin']) },
};
const provider = {
  verify: (token: string): Promise<Identity> => {
    const identity = identities[token];
    if (identity) return Promise.resolve(identity);
    const code = token === 'of-a-missing-key' ? 'ELIGIBILITY_UNAVAILABLE' : 'UNAUTHENTICATED';
    return Promise.reject(new QueueError(code, 'rejected by the provider'));
  },
};

function authenticationFor(
  entryAuth: 'open' | 'service' | 'jwt',
  withProvider = entryAuth === 'jwt',
): BearerAuthentication {
  const fixedTokens = staticTokens(ADMIN, entryAuth === 'service' ? SERVICE : undefined);
  return new BearerAuthentication(
    { staticTokens: fixedTokens, entry, admission, provider: withProvider ? provider : undefined },
    entryAuth,
  );
}

/** The result, or the code of the error. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof QueueError) return error.code;
    throw error;
  }
}

describe('operator', () => {
  const outcomeOf = (token: string, withProvider: boolean) =>
    outcome(() => authenticationFor('service', withProvider).operator(`Bearer ${token}`));

  test('accepts ADMIN_TOKEN, or a token of the provider with the admin scope', async () => {
    expect(await outcomeOf(ADMIN, false)).toEqual({ name: 'ADMIN_TOKEN' });
    expect(await outcomeOf(ADMIN, true)).toEqual({ name: 'ADMIN_TOKEN' });
    expect(await outcomeOf('op-at-the-provider', true)).toEqual({ name: 'auth0|op' });
    expect(await outcomeOf('op-at-the-provider', false)).toBe('UNAUTHENTICATED');
  });

  test('rejects tokens for other purposes as FORBIDDEN', async () => {
    for (const token of [SERVICE, entryToken, admissionToken])
      for (const withProvider of [true, false]) expect(await outcomeOf(token, withProvider)).toBe('FORBIDDEN');
    expect(await outcomeOf('ann-at-the-provider', true)).toBe('FORBIDDEN');
  });

  test('fails with ELIGIBILITY_UNAVAILABLE while the keys are missing', async () => {
    expect(await outcomeOf('of-a-missing-key', true)).toBe('ELIGIBILITY_UNAVAILABLE');
    expect(await outcomeOf('of-a-missing-key', false)).toBe('UNAUTHENTICATED');
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', ADMIN, `Basic ${ADMIN}`, `Bearer ${ADMIN} ${ADMIN}`, 'Bearer ä'])(
    'rejects %j as UNAUTHENTICATED',
    async (authorization) => {
      expect(await outcome(() => authenticationFor('open').operator(authorization))).toBe('UNAUTHENTICATED');
    },
  );
});

describe('authorizeEntry', () => {
  test('accepts every caller with ENTRY_AUTH=open', async () => {
    for (const authorization of [undefined, 'nonsense', `Bearer ${ADMIN}`])
      expect(authenticationFor('open').authorizeEntry(authorization)).toEqual({ by: 'anyone' });
  });

  test('accepts only SERVICE_TOKEN with ENTRY_AUTH=service', async () => {
    const outcomeOf = (token: string) => outcome(() => authenticationFor('service').authorizeEntry(`Bearer ${token}`));
    expect(await outcomeOf(SERVICE)).toEqual({ by: 'shop' });
    for (const token of [ADMIN, entryToken, admissionToken]) expect(await outcomeOf(token)).toBe('FORBIDDEN');
    expect(await outcomeOf('ann-at-the-provider')).toBe('UNAUTHENTICATED');
    expect(await outcome(() => authenticationFor('service').authorizeEntry(undefined))).toBe('UNAUTHENTICATED');
  });

  test('returns the user of the token with ENTRY_AUTH=jwt', async () => {
    const outcomeOf = (token: string) => outcome(() => authenticationFor('jwt').authorizeEntry(`Bearer ${token}`));
    expect(await outcomeOf('ann-at-the-provider')).toEqual({ by: 'user', userId: 'ann' });
    for (const token of [ADMIN, entryToken, admissionToken]) expect(await outcomeOf(token)).toBe('FORBIDDEN');
    for (const token of [SERVICE, 'op-at-the-provider', 'x']) expect(await outcomeOf(token)).toBe('UNAUTHENTICATED');
    expect(await outcomeOf('of-a-missing-key')).toBe('ELIGIBILITY_UNAVAILABLE');
    expect(await outcome(() => authenticationFor('jwt').authorizeEntry(undefined))).toBe('UNAUTHENTICATED');
  });
});

describe('verifyEntryToken', () => {
  const outcomeOf = (token: string, concertId?: string) =>
    outcome(() => authenticationFor('open').verifyEntryToken(`Bearer ${token}`, concertId));

  test('accepts the entry token of this concert', async () => {
    expect(await outcomeOf(entryToken, 'c1')).toEqual(claims);
    expect(await outcomeOf(entryToken)).toEqual(claims);
    expect(await outcomeOf(entryToken, 'c2')).toBe('FORBIDDEN');
    expect(await outcomeOf(entryToken, '')).toBe('FORBIDDEN');
  });

  test('rejects every other token', async () => {
    expect(await outcomeOf(ADMIN, 'c1')).toBe('FORBIDDEN');
    for (const token of [admissionToken, 'ann-at-the-provider', `${entryToken}x`])
      expect(await outcomeOf(token, 'c1')).toBe('UNAUTHENTICATED');
  });
});

test('verifyAdmissionToken accepts admission tokens only', async () => {
  const outcomeOf = (token: string) =>
    outcome(() => authenticationFor('open').verifyAdmissionToken(`Bearer ${token}`, { allowExpired: false }));
  expect(await outcomeOf(admissionToken)).toMatchObject({ userId: 'ann', concertId: 'c1' });
  for (const token of [entryToken, ADMIN, 'x']) expect(await outcomeOf(token)).toBe('UNAUTHENTICATED');
});
