import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { FatalError } from '../../../application/errors.ts';
import { JoseAdmissionTokens } from './admission-token.jose.ts';

const NOW = 1_764_586_800_000;
const claims = { userId: 'ann', concertId: 'c1', offset: 41, activeUntil: NOW + 600_000 };
const newKey = () => generateKeyPairSync('ed25519').privateKey;
const pem = (key = newKey()) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const key = newKey();
const tokens = await JoseAdmissionTokens.with([pem(key)], () => NOW);
const good = await tokens.sign(claims);
const kid = tokens.publicKeys.keys[0]?.kid ?? '';
const payload = { ...decodeJwt(good) };
const rejection = { code: 'UNAUTHENTICATED' };

/** A token with a valid signature and these changes. */
const tokenWith = (changes: object, header: object = {}) =>
  new SignJWT({ ...payload, ...changes })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT', ...header })
    .sign(key, { crit: { x: true } });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an admission token', () => {
  test('contains user, concert and expiry', async () => {
    expect(decodeProtectedHeader(good)).toEqual({ alg: 'EdDSA', kid, typ: 'JWT' });
    expect(payload).toEqual({
      sub: 'ann',
      cid: 'c1',
      off: 41,
      aud: 'c1',
      iat: NOW / 1000,
      exp: NOW / 1000 + 600,
      jti: expect.stringMatching(/^[\w-]{22}$/),
    });
    await expect(tokens.verify(good, { allowExpired: false })).resolves.toEqual(claims);
  });

  test('rounds its expiry down to whole seconds', async () => {
    const token = await tokens.sign({ ...claims, activeUntil: NOW + 999 });
    expect(decodeJwt(token).exp).toBe(NOW / 1000);
  });

  test('has the same id for a repeated claim, and another id for another admission', async () => {
    const ids = await Promise.all(
      [{}, {}, { offset: 42 }, { userId: 'bo' }, { concertId: 'c2' }, { activeUntil: NOW }].map(
        async (changes) => decodeJwt(await tokens.sign({ ...claims, ...changes })).jti,
      ),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(5);
  });

  test('can be verified with the published keys', async () => {
    const published = createLocalJWKSet({ keys: [...tokens.publicKeys.keys] });
    const { payload: seen } = await jwtVerify(good, published, { audience: 'c1', currentDate: new Date(NOW) });
    expect(seen.sub).toBe('ann');
  });

  test('is rejected after its expiry, unless allowExpired is set', async () => {
    const later = await JoseAdmissionTokens.with([pem(key)], () => claims.activeUntil);
    await expect(later.verify(good, { allowExpired: false })).rejects.toMatchObject(rejection);
    await expect(later.verify(good, { allowExpired: true })).resolves.toEqual(claims);
  });
});

describe('an admission token is rejected with', () => {
  const [, body = '', signature = ''] = good.split('.');
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const hmac = (secret: string | Buffer) => {
    const signed = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${body}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  test.each<[string, string | Promise<string>]>([
    ['nothing', ''],
    ['no JWT', 'a.b.c'],
    ['alg none', `${part({ alg: 'none', kid, typ: 'JWT' })}.${body}.`],
    ['alg none with a signature', `${part({ alg: 'none', kid, typ: 'JWT' })}.${body}.${signature}`],
    ['HS256 with the public key as secret, as PEM', hmac(publicPem)],
    ['HS256 with the public key as secret, as published', hmac(tokens.publicKeys.keys[0]?.x ?? '')],
    [
      'HS256 with the public key as secret, as bytes',
      hmac(Buffer.from(tokens.publicKeys.keys[0]?.x ?? '', 'base64url')),
    ],
    ['another kid', tokenWith({}, { kid: 'other' })],
    ['no kid', tokenWith({}, { kid: undefined })],
    ['a kid of Object', tokenWith({}, { kid: 'constructor' })],
    ['another type', tokenWith({}, { typ: 'at+jwt' })],
    ['a critical extension', tokenWith({}, { crit: ['x'], x: 1 })],
    [
      'our kid, signed with another key',
      new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' }).sign(newKey()),
    ],
    ['its own key in the header', tokenWith({}, { kid: 'own', jwk: createPublicKey(key).export({ format: 'jwk' }) })],
    ['another audience', tokenWith({ aud: 'c2' })],
    ['several audiences', tokenWith({ aud: ['c1', 'c2'] })],
    ['another concert than its audience', tokenWith({ cid: 'c2' })],
    ['no concert', tokenWith({ cid: undefined, aud: undefined })],
    ['no user', tokenWith({ sub: undefined })],
    ['an empty user', tokenWith({ sub: '' })],
    ['no expiry', tokenWith({ exp: undefined })],
    ['an expiry before 1970', tokenWith({ exp: -1 })],
    ['no offset', tokenWith({ off: undefined })],
    ['an offset as text', tokenWith({ off: '41' })],
    ['not valid yet', tokenWith({ nbf: NOW / 1000 + 60 })],
    ['a changed payload', `${good.split('.')[0]}.${part({ ...payload, sub: 'bo' })}.${signature}`],
    ['a changed signature', `${good.slice(0, -10)}${good.at(-10) === 'A' ? 'B' : 'A'}${good.slice(-9)}`],
    ['no signature', good.slice(0, good.lastIndexOf('.') + 1)],
    ['too long', `${good}${'A'.repeat(2_048)}`],
  ])('%s', async (what, token) => {
    await expect(tokens.verify(await token, { allowExpired: false })).rejects.toMatchObject(rejection);
    if (what !== 'not valid yet')
      await expect(tokens.verify(await token, { allowExpired: true })).rejects.toMatchObject(rejection);
  });
});

describe('the keys of admission tokens', () => {
  test('are published without their private members', async () => {
    const both = await JoseAdmissionTokens.with([pem(), JSON.stringify(newKey().export({ format: 'jwk' }))]);
    expect(both.publicKeys.keys).toHaveLength(2);
    for (const published of both.publicKeys.keys) {
      expect(Object.keys(published).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      expect(published.kid).toBe(await calculateJwkThumbprint(published));
    }
  });

  test('can be rotated while tokens stay valid', async () => {
    const [old, next] = [pem(), pem()];
    const before = await JoseAdmissionTokens.with([old]);
    const announced = await JoseAdmissionTokens.with([old, next]);
    const rotated = await JoseAdmissionTokens.with([next, old]);
    const after = await JoseAdmissionTokens.with([next]);
    const mine = { ...claims, activeUntil: Math.ceil(Date.now() / 1000) * 1000 + 60_000 };
    const [early, late] = await Promise.all([before.sign(mine), rotated.sign(mine)]);
    for (const service of [before, announced, rotated])
      await expect(service.verify(early, { allowExpired: false })).resolves.toEqual(mine);
    for (const service of [announced, rotated, after])
      await expect(service.verify(late, { allowExpired: false })).resolves.toEqual(mine);
    await expect(after.verify(early, { allowExpired: false })).rejects.toMatchObject(rejection);
  });

  test('are the same as PEM and as JWK, and may be repeated', async () => {
    const one = newKey();
    const twice = await JoseAdmissionTokens.with([pem(one), JSON.stringify(one.export({ format: 'jwk' }))]);
    expect(twice.publicKeys.keys).toHaveLength(1);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  test.each([
    ['of another kind', pem(rsa)],
    ['of X25519', pem(generateKeyPairSync('x25519').privateKey)],
    ['public', createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()],
    ['a public JWK', JSON.stringify(createPublicKey(key).export({ format: 'jwk' }))],
    ['no JSON', '{secret'],
    ['no PEM', 'secret'],
  ])('are rejected by name, without their text, if %s', async (_, text) => {
    const failure = await JoseAdmissionTokens.with([text]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FatalError);
    expect(String(failure)).toContain('ADMISSION_PRIVATE_KEYS');
    expect(String(failure)).not.toContain(text);
  });
});
