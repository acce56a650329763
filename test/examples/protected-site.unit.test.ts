import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt, SignJWT } from 'jose';
import admissionGate from '../../examples/protected-site/admission-gate.ts';
import { JoseAdmissionTokens } from '../../src/infrastructure/driven/tokens/admission-token.jose.ts';
import { eventually } from '../support/eventually.ts';

const WAITING_PAGE = 'https://waiting.example/?concert=c1';
const key = generateKeyPairSync('ed25519').privateKey;
const tokens = await JoseAdmissionTokens.with([key.export({ type: 'pkcs8', format: 'pem' }).toString()]);
const admission = { userId: 'ann', concertId: 'c1', offset: 41, activeUntil: Date.now() + 60_000 };
const kid = tokens.publicKeys.keys[0]?.kid ?? '';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Responses of the waiting room, and the requests it received. */
const room = { keysStatus: 200, verifyStatus: 204, verifications: [] as string[], keyRequests: 0 };
let waitingRoom: FastifyInstance;
let address: string;
let shop: FastifyInstance;

beforeAll(async () => {
  waitingRoom = Fastify();
  waitingRoom.get('/.well-known/jwks.json', async (_request, reply) => {
    room.keyRequests += 1;
    return reply.code(room.keysStatus).send(tokens.publicKeys);
  });
  waitingRoom.get('/v1/admissions/verify', async (request, reply) => {
    room.verifications.push(`${request.url} ${request.headers.authorization}`);
    return reply.code(room.verifyStatus).send();
  });
  address = await waitingRoom.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(async () => {
  Object.assign(room, { keysStatus: 200, verifyStatus: 204, verifications: [], keyRequests: 0 });
  await shop?.close();
  shop = Fastify();
  const options = { waitingRoom: address, concertId: 'c1', waitingPage: WAITING_PAGE };
  await shop.register(admissionGate, options);
  shop.get('/', async ({ admitted }) => ({ hello: admitted?.userId }));
});
afterAll(async () => {
  await shop.close();
  await waitingRoom.close();
});

const request = (headers: Record<string, string> = {}) => shop.inject({ url: '/', headers });
/** A token that is not in the cache of the gate. */
const newToken = (changes: object = {}) =>
  tokens.sign({ ...admission, offset: Math.floor(Math.random() * 1e9), ...changes });

describe('the gate admits', () => {
  test('a request with an admission token, verified by the waiting room', async () => {
    const token = await newToken();
    const response = await request(bearer(token));
    expect([response.statusCode, response.json()]).toEqual([200, { hello: 'ann' }]);
    expect(room.verifications).toEqual([`/v1/admissions/verify?concertId=c1 Bearer ${token}`]);
  });

  test('a request with the token in a cookie', async () => {
    const response = await request({ cookie: `theme=dark; admission=${await newToken()}; x=y` });
    expect(response.statusCode).toBe(200);
  });

  test('many requests with one verification a second and one request for the keys', async () => {
    const token = await newToken();
    const responses = await Promise.all(Array.from({ length: 50 }, () => request(bearer(token))));
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect([room.verifications.length, room.keyRequests]).toEqual([1, 1]);
  });
});

describe('the gate rejects', () => {
  test('a browser with a redirect to the waiting page', async () => {
    const response = await request({ accept: 'text/html,application/xhtml+xml' });
    expect([response.statusCode, response.headers.location]).toEqual([303, WAITING_PAGE]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('other clients with a link to the waiting page', async () => {
    const response = await request({ accept: 'application/json' });
    expect([response.statusCode, response.json().waitingPage]).toEqual([401, WAITING_PAGE]);
    expect(response.headers.link).toBe(`<${WAITING_PAGE}>; rel="help"`);
  });

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hs256 = (body: string, secret: string | Buffer) => {
    const signed = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${body}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  const forge = (claims: object, header: object = {}, by = key) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', kid, ...header }).sign(by);
  const open = createPublicKey(key);

  test.each<[string, (token: string) => string | Promise<string>]>([
    ['no JWT', () => 'x'],
    ['alg none', (token) => `${part({ alg: 'none', kid })}.${token.split('.')[1]}.`],
    [
      'HS256 with the public key (PEM) as secret',
      (token) => hs256(token.split('.')[1] ?? '', open.export({ type: 'spki', format: 'pem' }).toString()),
    ],
    [
      'HS256 with the public key (bytes) as secret',
      (token) => hs256(token.split('.')[1] ?? '', Buffer.from(open.export({ format: 'jwk' }).x ?? '', 'base64url')),
    ],
    ['a kid that is not published', (token) => forge(decodeJwt(token), { kid: 'other' })],
    [
      'another key with a published kid',
      (token) => forge(decodeJwt(token), {}, generateKeyPairSync('ed25519').privateKey),
    ],
    ['the token of another concert', () => newToken({ concertId: 'c2' })],
    ['another audience', (token) => forge({ ...decodeJwt(token), aud: 'c2' })],
    ['another concert with the right audience', (token) => forge({ ...decodeJwt(token), cid: 'c2' })],
    ['an expired token', () => newToken({ activeUntil: Date.now() - 1_000 })],
    ['a token without expiry', (token) => forge({ ...decodeJwt(token), exp: undefined })],
    ['a token without subject', (token) => forge({ ...decodeJwt(token), sub: undefined })],
    [
      'a changed payload',
      (token) =>
        token
          .split('.')
          .with(1, part({ ...decodeJwt(token), sub: 'bo' }))
          .join('.'),
    ],
    ['a changed signature', (token) => `${token.slice(0, -10)}${token.at(-10) === 'A' ? 'B' : 'A'}${token.slice(-9)}`],
    ['a truncated token', (token) => token.slice(0, token.lastIndexOf('.'))],
  ])('%s, without a request to the waiting room', async (_, corrupt) => {
    const response = await request(bearer(await corrupt(await newToken())));
    expect([response.statusCode, room.verifications]).toEqual([401, []]);
  });

  test.each([401, 403])('a token that the waiting room rejects with %i', async (status) => {
    room.verifyStatus = status;
    expect((await request(bearer(await newToken()))).statusCode).toBe(401);
  });

  test('a completed admission within one second', async () => {
    const token = await newToken();
    expect((await request(bearer(token))).statusCode).toBe(200);
    room.verifyStatus = 403;
    await eventually(async () => (await request(bearer(token))).statusCode === 401, { within: 1_500 });
  });
});

describe('the gate responds with 503', () => {
  test.each([500, 503])(
    'when the waiting room responds with %i, and verifies again at the next request',
    async (status) => {
      const token = await newToken();
      room.verifyStatus = status;
      const response = await request(bearer(token));
      expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
      room.verifyStatus = 204;
      expect((await request(bearer(token))).statusCode).toBe(200);
    },
  );

  test('when the keys are unavailable', async () => {
    room.keysStatus = 503;
    expect((await request(bearer(await newToken()))).statusCode).toBe(503);
  });

  test('when the waiting room is unreachable', async () => {
    const isolated = Fastify();
    await isolated.register(admissionGate, { waitingRoom: 'http://127.0.0.1:1', concertId: 'c1', waitingPage: '/' });
    isolated.get('/', async () => 'never');
    const response = await isolated.inject({ url: '/', headers: bearer(await newToken()) });
    expect(response.statusCode).toBe(503);
    await isolated.close();
  });
});
