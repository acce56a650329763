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
const fan = entry.sign(claims);

let admission: JoseAdmissionTokens;
let admitted: string;
beforeAll(async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  admission = await JoseAdmissionTokens.with([pem]);
  admitted = await admission.sign({ userId: 'ann', concertId: 'c1', offset: 41, activeUntil: Date.now() + 60_000 });
});

/** What the provider says of each token; of all others that it cannot say. */
const known: Readonly<Record<string, Identity>> = {
  'ann-at-the-provider': { subject: 'ann', scopes: new Set(['openid']) },
  'op-at-the-provider': { subject: 'auth0|op', scopes: new Set(['queue:admin']) },
};
const provider = {
  verify: (token: string): Promise<Identity> => {
    const identity = known[token];
    if (identity) return Promise.resolve(identity);
    const code = token === 'of-a-missing-key' ? 'ELIGIBILITY_UNAVAILABLE' : 'UNAUTHENTICATED';
    return Promise.reject(new QueueError(code, 'as the provider says'));
  },
};

function judge(entryAuth: 'open' | 'service' | 'jwt', withProvider = entryAuth === 'jwt'): BearerAuthentication {
  const house = staticTokens(ADMIN, entryAuth === 'service' ? SERVICE : undefined);
  return new BearerAuthentication(
    { house, entry, admission, provider: withProvider ? provider : undefined },
    entryAuth,
  );
}

/** The answer, or the code of the refusal. */
async function answer(asked: () => unknown): Promise<unknown> {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof QueueError) return error.code;
    throw error;
  }
}

describe('an operator', () => {
  const ask = (token: string, withProvider: boolean) =>
    answer(() => judge('service', withProvider).operator(`Bearer ${token}`));

  test('is known by the admin token, or by the scope of a token of their own', async () => {
    expect(await ask(ADMIN, false)).toEqual({ name: 'ADMIN_TOKEN' });
    expect(await ask(ADMIN, true)).toEqual({ name: 'ADMIN_TOKEN' });
    expect(await ask('op-at-the-provider', true)).toEqual({ name: 'auth0|op' });
    expect(await ask('op-at-the-provider', false)).toBe('UNAUTHENTICATED');
  });

  test('is nobody whose token is good for something else', async () => {
    for (const token of [SERVICE, fan, admitted])
      for (const withProvider of [true, false]) expect(await ask(token, withProvider)).toBe('FORBIDDEN');
    expect(await ask('ann-at-the-provider', true)).toBe('FORBIDDEN');
  });

  test('cannot be told while the keys are missing', async () => {
    expect(await ask('of-a-missing-key', true)).toBe('ELIGIBILITY_UNAVAILABLE');
    expect(await ask('of-a-missing-key', false)).toBe('UNAUTHENTICATED');
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', ADMIN, `Basic ${ADMIN}`, `Bearer ${ADMIN} ${ADMIN}`, 'Bearer ä'])(
    'is not let in for %j',
    async (authorization) => {
      expect(await answer(() => judge('open').operator(authorization))).toBe('UNAUTHENTICATED');
    },
  );
});

describe('whoever asks for entry', () => {
  test('is anyone where the door is open, whatever they bring', async () => {
    for (const authorization of [undefined, 'nonsense', `Bearer ${ADMIN}`])
      expect(judge('open').authorizeEntry(authorization)).toEqual({ by: 'anyone' });
  });

  test("is the shop's backend alone", async () => {
    const ask = (token: string) => answer(() => judge('service').authorizeEntry(`Bearer ${token}`));
    expect(await ask(SERVICE)).toEqual({ by: 'shop' });
    for (const token of [ADMIN, fan, admitted]) expect(await ask(token)).toBe('FORBIDDEN');
    expect(await ask('ann-at-the-provider')).toBe('UNAUTHENTICATED');
    expect(await answer(() => judge('service').authorizeEntry(undefined))).toBe('UNAUTHENTICATED');
  });

  test('is who their own token says', async () => {
    const ask = (token: string) => answer(() => judge('jwt').authorizeEntry(`Bearer ${token}`));
    expect(await ask('ann-at-the-provider')).toEqual({ by: 'user', userId: 'ann' });
    for (const token of [ADMIN, fan, admitted]) expect(await ask(token)).toBe('FORBIDDEN');
    for (const token of [SERVICE, 'op-at-the-provider', 'x']) expect(await ask(token)).toBe('UNAUTHENTICATED');
    expect(await ask('of-a-missing-key')).toBe('ELIGIBILITY_UNAVAILABLE');
    expect(await answer(() => judge('jwt').authorizeEntry(undefined))).toBe('UNAUTHENTICATED');
  });
});

describe('the holder of an entry', () => {
  const ask = (token: string, concertId?: string) =>
    answer(() => judge('open').verifyEntryToken(`Bearer ${token}`, concertId));

  test('is known by the entry token for this concert', async () => {
    expect(await ask(fan, 'c1')).toEqual(claims);
    expect(await ask(fan)).toEqual(claims);
    expect(await ask(fan, 'c2')).toBe('FORBIDDEN');
    expect(await ask(fan, '')).toBe('FORBIDDEN');
  });

  test('is not known by any other token', async () => {
    expect(await ask(ADMIN, 'c1')).toBe('FORBIDDEN');
    for (const token of [admitted, 'ann-at-the-provider', `${fan}x`])
      expect(await ask(token, 'c1')).toBe('UNAUTHENTICATED');
  });
});

test('whoever was admitted is known by the admission token', async () => {
  const ask = (token: string) =>
    answer(() => judge('open').verifyAdmissionToken(`Bearer ${token}`, { allowExpired: false }));
  expect(await ask(admitted)).toMatchObject({ userId: 'ann', concertId: 'c1' });
  for (const token of [fan, ADMIN, 'x']) expect(await ask(token)).toBe('UNAUTHENTICATED');
});
