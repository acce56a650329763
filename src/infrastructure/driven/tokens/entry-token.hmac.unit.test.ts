import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { QueueError } from '../../../application/errors.ts';
import { HmacEntryTokens } from './entry-token.hmac.ts';

const SECRET = 'a-secret-of-the-tests-0123456789abcdef';
const OTHER = 'another-secret-of-the-tests-0123456789';
const key = new TextEncoder().encode(SECRET);
const claims = { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 };
const payload = { sub: 'ann', cid: 'c1', prt: 3, off: 41, iat: 1_700_000_000 };
const tokens = new HmacEntryTokens([SECRET], undefined, () => 1_700_000_000_999);
const ours = tokens.sign(claims);
const kid = decodeProtectedHeader(ours).kid ?? '';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** A token of these parts with a valid signature. */
function signed(header: unknown, body: unknown, secret = SECRET, hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(body)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}
function outcome(token: string, by = tokens): unknown {
  try {
    return by.verify(token);
  } catch (error) {
    if (error instanceof QueueError) return error.code;
    throw error;
  }
}

describe('an entry token', () => {
  test('contains the signed claims', () => {
    expect(tokens.verify(ours)).toEqual(claims);
  });

  test('is a JWT that jose verifies, with the documented claims', async () => {
    const { payload: read, protectedHeader } = await jwtVerify(ours, key, { algorithms: ['HS256'] });
    expect(read).toEqual(payload);
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid });
  });

  test('is accepted when jose signed it', async () => {
    const foreign = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(key);
    expect(tokens.verify(foreign)).toEqual(claims);
  });

  test('stays valid after a rotation: every secret verifies, the first one signs', () => {
    const rotated = new HmacEntryTokens([OTHER, SECRET]);
    expect(rotated.verify(ours)).toEqual(claims);
    expect(decodeProtectedHeader(rotated.sign(claims)).kid).not.toBe(kid);
    expect(outcome(rotated.sign(claims))).toBe('UNAUTHENTICATED');
    expect(outcome(ours, new HmacEntryTokens([OTHER]))).toBe('UNAUTHENTICATED');
  });

  test('contains ids of any allowed length', () => {
    const long = {
      userId: '~'.repeat(128),
      concertId: '-'.repeat(64),
      partition: 9_999,
      offset: Number.MAX_SAFE_INTEGER,
    };
    expect(tokens.verify(tokens.sign(long))).toEqual(long);
  });
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const [head = '', body = '', signature = ''] = ours.split('.');
const header = { alg: 'HS256', kid, typ: 'JWT' };

describe('an entry token is rejected as UNAUTHENTICATED', () => {
  test.each([
    ['that is empty', ''],
    ['that is no token', 'hello'],
    ['of dots only', '..'],
    ['without a signature', `${head}.${body}`],
    ['with an empty signature', `${head}.${body}.`],
    ['with a truncated signature', ours.slice(0, -1)],
    ['with text after the signature', `${ours}A`],
    ['with a further part', `${ours}.${body}`],
    [
      'with another spelling of the same signature',
      ours.slice(0, -1) + String.fromCharCode(ours.charCodeAt(ours.length - 1) + 1),
    ],
    ['in padded base64', `${ours}=`],
    ['whose claims were changed', `${head}.${encode({ ...payload, sub: 'bo' })}.${signature}`],
    ['whose header was changed', `${encode({ ...header, typ: 'jwt' })}.${body}.${signature}`],
    ['of algorithm none', `${encode({ ...header, alg: 'none' })}.${body}.`],
    ['of algorithm none with a signature', signed({ ...header, alg: 'none' }, payload)],
    ['of algorithm HS512', signed({ ...header, alg: 'HS512' }, payload, SECRET, 'sha512')],
    ['of algorithm HS512 with an HS256 signature', signed({ ...header, alg: 'HS512' }, payload)],
    ['without an algorithm', signed({ kid }, payload)],
    ['of an unknown key', signed({ ...header, kid: 'unknown' }, payload)],
    ['without a key id', signed({ alg: 'HS256', typ: 'JWT' }, payload)],
    ['with a critical extension', signed({ ...header, crit: ['b64'], b64: false }, payload)],
    ['signed with another secret', signed(header, payload, OTHER)],
    ['signed with a public key as secret', signed({ ...header, alg: 'RS256' }, payload, publicPem)],
    ['whose header is not JSON', signed('not json', payload)],
    ['whose header is not an object', signed('null', payload)],
    ['whose claims are not JSON', signed(header, 'not json')],
    ['whose claims are not an object', signed(header, '"ann"')],
    ['whose claims are null', signed(header, 'null')],
    ['that is huge', signed(header, { ...payload, more: 'x'.repeat(1024) })],
    ['of a million characters', 'a.'.repeat(500_000)],
  ])('%s', (_, token) => {
    expect(outcome(token)).toBe('UNAUTHENTICATED');
  });

  test('signed by RS256', async () => {
    const token = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    expect(outcome(token)).toBe('UNAUTHENTICATED');
  });

  test.each(Object.keys(payload))('without the claim %s', (name) => {
    const rest = Object.fromEntries(Object.entries(payload).filter(([claim]) => claim !== name));
    expect(outcome(signed(header, rest))).toBe('UNAUTHENTICATED');
  });

  test.each([
    { sub: 7 },
    { sub: '' },
    { cid: ['c1'] },
    { cid: '' },
    { prt: '3' },
    { prt: -1 },
    { off: 1.5 },
    { off: '41' },
    { off: 2 ** 53 },
    { off: null },
    { iat: 'now' },
  ])('with a claim of a wrong type: %j', (wrong) => {
    expect(outcome(signed(header, { ...payload, ...wrong }))).toBe('UNAUTHENTICATED');
  });
});

test('the constructor requires a secret', () => {
  expect(() => new HmacEntryTokens([])).toThrow('at least one secret');
});

describe('the topic in a token', () => {
  const here = new HmacEntryTokens([SECRET], 'a.queue.entry');
  const elsewhere = new HmacEntryTokens([SECRET], 'b.queue.entry');

  test('is verified: a token of another topic is rejected', () => {
    expect(here.verify(here.sign(claims))).toEqual(claims);
    expect(() => elsewhere.verify(here.sign(claims))).toThrow(QueueError);
  });
  test('may be missing, as in tokens of earlier releases', () => {
    expect(here.verify(ours)).toEqual(claims);
  });
});
