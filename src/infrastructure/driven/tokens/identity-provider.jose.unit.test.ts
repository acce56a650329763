import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Claims, FakeIdentityProvider, keyOf } from '../../../../test/support/fake-identity-provider.ts';
import { QueueError } from '../../../application/errors.ts';
import { IdentityProvider } from './identity-provider.jose.ts';

let issuer: FakeIdentityProvider;
let clock: number;
let warnings: string[];
beforeAll(async () => {
  issuer = await FakeIdentityProvider.start();
});
afterEach(() => {
  issuer.instead = undefined;
});
afterAll(() => issuer.close());

function provider(): IdentityProvider {
  clock = Date.now();
  warnings = [];
  return new IdentityProvider(
    issuer,
    (message) => warnings.push(message),
    () => clock,
  );
}

async function rejection(verified: Promise<unknown>): Promise<QueueError> {
  try {
    await verified;
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
  throw new Error('the token was accepted');
}

const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the identity provider', () => {
  test('identifies its holder', async () => {
    expect(await provider().verify(await issuer.token())).toEqual({ subject: 'ann', scopes: new Set() });
  });

  test.each<[string, Claims, readonly string[]]>([
    ['scope as a string', { scope: 'openid queue:admin' }, ['openid', 'queue:admin']],
    ['scp as a list', { scp: ['queue:admin', 7] }, ['queue:admin']],
    ['scp as a string', { scp: 'queue:admin' }, ['queue:admin']],
    ['neither', { scope: { 'queue:admin': true } }, []],
  ])('has scopes from %s', async (_, claims, scopes) => {
    expect([...(await provider().verify(await issuer.token(claims))).scopes]).toEqual(scopes);
  });

  test('may be for several audiences', async () => {
    const token = await issuer.token({ aud: ['shop', issuer.audience] });
    expect((await provider().verify(token)).subject).toBe('ann');
  });

  const now = Math.floor(Date.now() / 1000);
  test.each<[string, Claims]>([
    ['has another issuer', { iss: 'https://evil.example/' }],
    ['has another audience', { aud: 'shop' }],
    ['has several other audiences', { aud: ['shop', 'concert-queue-staging'] }],
    ['expired a second ago', { exp: now - 1 }],
    ['has no expiry', { exp: undefined }],
    ['is not valid yet', { nbf: now + 60 }],
    ['has no subject', { sub: undefined }],
    ['has an empty subject', { sub: '' }],
    ['is too long', { note: 'x'.repeat(9_000) }],
  ])('is rejected if it %s', async (_, claims) => {
    expect((await rejection(provider().verify(await issuer.token(claims)))).code).toBe('UNAUTHENTICATED');
  });

  test('is rejected if it is forged', async () => {
    const keys = provider();
    const good = await issuer.token();
    const [header = '', payload = '', signature = ''] = good.split('.');
    const admin = text({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), scope: 'queue:admin' });
    const { n } = issuer.key.published;
    const confused = `${text({ alg: 'HS256', kid: issuer.key.kid })}.${payload}`;
    const forgeries = {
      'alg none': `${text({ alg: 'none' })}.${payload}.`,
      'alg None with a key id': `${text({ alg: 'None', kid: issuer.key.kid })}.${payload}.${signature}`,
      'HMAC with the public key': `${confused}.${createHmac('sha256', n ?? '')
        .update(confused)
        .digest('base64url')}`,
      'other claims': `${header}.${admin}.${signature}`,
      'no signature': `${header}.${payload}.`,
      'a cut signature': good.slice(0, -4),
      'a key of its own': `${text({ alg: 'RS256', jwk: issuer.key.published })}.${payload}.${signature.replace(/.$/, 'A')}x`,
      'an unknown critical extension': `${text({ alg: 'RS256', kid: issuer.key.kid, crit: ['b64'], b64: false })}.${payload}.${signature}`,
      'two dots': '..',
      'no token': 'hello',
    };
    for (const [how, token] of Object.entries(forgeries))
      expect([how, (await rejection(keys.verify(token))).code]).toEqual([how, 'UNAUTHENTICATED']);
  });

  test('is rejected if an unpublished key signed it, even under a published key id', async () => {
    const keys = provider();
    const unpublished = await keyOf('unpublished');
    expect((await rejection(keys.verify(await issuer.token({}, unpublished)))).code).toBe('UNAUTHENTICATED');
    const impostor = { ...unpublished, kid: issuer.key.kid };
    expect((await rejection(keys.verify(await issuer.token({}, impostor)))).code).toBe('UNAUTHENTICATED');
  });
});

describe('the keys of the identity provider', () => {
  test('are fetched once for many tokens', async () => {
    const keys = provider();
    const before = issuer.keyRequests;
    const token = await issuer.token();
    await Promise.all(Array.from({ length: 50 }, () => keys.verify(token)));
    expect(issuer.keyRequests - before).toBe(1);
  });

  test('are not fetched again for many tokens with unknown keys', async () => {
    const keys = provider();
    const before = issuer.keyRequests;
    await keys.verify(await issuer.token());
    const unknown = await issuer.token({}, await keyOf('unknown'));
    const codes = await Promise.all(
      Array.from({ length: 20 }, async () => (await rejection(keys.verify(unknown))).code),
    );
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']));
    expect(issuer.keyRequests - before).toBe(1);
  });

  test('are rotated: a withdrawn key becomes invalid and a new one valid', async () => {
    const keys = provider();
    const first = issuer.key;
    await keys.verify(await issuer.token());
    await issuer.rotate('second');
    clock += 11 * 60_000;
    const exp = Math.floor(clock / 1000) + 300;
    keys.refresh();
    await expect(eventualSubject(keys, await issuer.token({ exp }))).resolves.toBe('ann');
    expect((await rejection(keys.verify(await issuer.token({ exp }, first)))).code).toBe('UNAUTHENTICATED');
  });

  test('stay valid while the provider is unavailable', async () => {
    const keys = provider();
    await keys.verify(await issuer.token());
    issuer.instead = { status: 500, body: '' };
    clock += 60 * 60_000;
    const exp = Math.floor(clock / 1000) + 300;
    expect((await keys.verify(await issuer.token({ exp }))).subject).toBe('ann');
    expect((await keys.verify(await issuer.token({ exp }))).subject).toBe('ann');
  });

  test.each([
    ['an error', { status: 503, body: 'unavailable' }],
    ['a page', { status: 200, body: '<html>' }],
    ['no key set', { status: 200, body: '{"keys":7}' }],
    ['a redirect', { status: 302, body: '' }],
  ])('that cannot be fetched because of %s cause ELIGIBILITY_UNAVAILABLE and one fetch', async (_, instead) => {
    issuer.instead = instead;
    const keys = provider();
    const before = issuer.keyRequests;
    const token = await issuer.token();
    for (let attempt = 0; attempt < 5; attempt++) {
      const error = await rejection(keys.verify(token));
      expect([error.code, error.retryAfterSeconds]).toEqual(['ELIGIBILITY_UNAVAILABLE', 2]);
    }
    expect(issuer.keyRequests - before).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('AUTH_JWKS_URL cannot be fetched')]);
    issuer.instead = undefined;
    clock += 3_000;
    expect((await keys.verify(token)).subject).toBe('ann');
  });
});

/** Waits for the refresh in the background. */
async function eventualSubject(keys: IdentityProvider, token: string): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return (await keys.verify(token)).subject;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
