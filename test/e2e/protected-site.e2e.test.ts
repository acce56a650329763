/** Both gates of examples/protected-site in front of a shop, with a real waiting room behind them. */
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { freePorts } from '../../tools/stack/ports.ts';
import { startServer } from '../../tools/stack/process.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import { type Api, granted } from '../support/api.ts';
import { NODE } from '../support/build.ts';
import { startDedicatedNginx } from '../support/dedicated-nginx.ts';
import { type DedicatedServer, dedicatedServer } from '../support/dedicated-server.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const EXAMPLE = join(PROJECT, 'examples', 'protected-site');
const WAITING_PAGE = 'https://waiting.example/?concert=demo';
const key = generateKeyPairSync('ed25519').privateKey;
const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();

const resources = testResources();
let installation: Installation;
let room: ServerProcess;
let api: Api;
let shopUrl: string;
let nginxUrl: string;

beforeAll(async () => {
  installation = resources.use(await Installation.create());
  room = await installation.start({ ADMISSION_PRIVATE_KEYS: pem });
  api = installation.apiOf(room);
  granted(await api.configure('demo', { capacity: 100, admissionsPerMinute: 6_000 }));
  const [shopPort = 0, nginxPort = 0, behindPort = 0] = await freePorts(3);
  [shopUrl, nginxUrl] = [`http://127.0.0.1:${shopPort}`, `http://127.0.0.1:${nginxPort}`];
  resources.use(await startShop(shopPort));
  const behindNginx = createServer((request, response) => response.end(seenBy(request.headers)));
  resources.use(behindNginx);
  await new Promise<void>((listening) => behindNginx.listen(behindPort, '127.0.0.1', listening));
  const snippet = await readFile(join(EXAMPLE, 'nginx.conf'), 'utf8');
  const nginx = await startDedicatedNginx((folder) => {
    const changes = [
      ['127.0.0.1:3000', new URL(room.url).host],
      ['127.0.0.1:4000', `127.0.0.1:${behindPort}`],
      ['127.0.0.1:8080', `127.0.0.1:${nginxPort}`],
      ['/var/cache/nginx/admissions', join(folder, 'admissions')],
    ] as const;
    return changes.reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`nginx.conf does not say ${from}`);
      return text.replaceAll(from, to);
    }, snippet);
  }, nginxPort);
  resources.use(nginx);
}, 180_000);

const seenBy = ({ authorization = '', cookie = '' }: IncomingHttpHeaders) => `shop sees ${authorization}${cookie}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const visit = (address: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(address, { method, headers, redirect: 'manual' });

async function startShop(port: number): Promise<DedicatedServer> {
  const environment = { PORT: `${port}`, WAITING_ROOM: room.url, CONCERT_ID: 'demo', WAITING_PAGE };
  const directory = await mkdtemp(join(tmpdir(), 'protected-site-'));
  return dedicatedServer(directory, () =>
    startServer({
      name: 'shop',
      directory,
      command: NODE,
      args: [join(EXAMPLE, 'server.ts')],
      environment,
      endsWithParent: true,
      answers: async () => (await visit(shopUrl)).status > 0,
    }),
  );
}

let users = 0;
/** The admission token of a user who entered and claimed. */
async function admitted(): Promise<string> {
  const { entryToken } = granted(await api.requestEntry('demo', `user-${++users}`));
  const path = '/v1/concerts/demo/queue/entries/me/claim';
  const { admissionToken } = await eventually(async () =>
    granted(await api.ask<{ readonly admissionToken: string }>('POST', path, { token: entryToken })),
  );
  return admissionToken;
}

/** Invalid tokens derived from a valid one. */
async function forgeries(good: string): Promise<Readonly<Record<string, string>>> {
  const [, payload = '', signature = ''] = good.split('.');
  const { kid = '' } = decodeProtectedHeader(good);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const open = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const hs256 = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${payload}`;
  const signed = (claims: object, header: object = {}) =>
    new SignJWT({ ...decodeJwt(good), ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT', ...header })
      .sign(key);
  return {
    'no JWT': 'x',
    'alg none': `${part({ alg: 'none', kid, typ: 'JWT' })}.${payload}.`,
    'HS256 with the public key': `${hs256}.${createHmac('sha256', open).update(hs256).digest('base64url')}`,
    'another kid': await signed({}, { kid: 'other' }),
    'another audience': await signed({ aud: 'other' }),
    expired: await signed({ exp: Math.floor(Date.now() / 1_000) - 1 }),
    'a changed user': `${good.split('.')[0]}.${part({ ...decodeJwt(good), sub: 'mallory' })}.${signature}`,
    'another concert': await signed({ aud: 'other', cid: 'other' }),
    'never claimed': await signed({ sub: 'nobody' }),
    'an earlier life': await signed({ off: 0 }),
  };
}

describe('the shop behind the Fastify gate', () => {
  test('redirects users without an admission to the waiting page', async () => {
    const person = await visit(shopUrl, { accept: 'text/html' });
    expect([person.status, person.headers.get('location')]).toEqual([303, WAITING_PAGE]);
    expect((await visit(shopUrl)).status).toBe(401);
  });

  test('rejects every forged token', async () => {
    for (const [what, token] of Object.entries(await forgeries(await admitted())))
      expect([what, (await visit(shopUrl, bearer(token))).status]).toEqual([what, 401]);
  });

  test('sells to an admitted user and completes the admission', async () => {
    const token = await admitted();
    const entered = await visit(`${shopUrl}/enter`, bearer(token), 'POST');
    const cookie = entered.headers.get('set-cookie') ?? '';
    expect([entered.status, cookie]).toEqual([204, expect.stringContaining('HttpOnly')]);
    const asCookie = { cookie: cookie.split(';')[0] ?? '' };
    expect((await visit(shopUrl, asCookie)).status).toBe(200);
    expect((await visit(`${shopUrl}/buy`, asCookie, 'POST')).status).toBe(201);
    await eventually(async () => (await visit(shopUrl, asCookie)).status === 401, { within: 5_000 });
  });
});

describe('the shop behind nginx', () => {
  test('redirects users without an admission to the waiting page', async () => {
    const response = await visit(nginxUrl);
    expect([response.status, response.headers.get('location')]).toEqual([303, WAITING_PAGE]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('rejects every forged token', async () => {
    for (const [what, token] of Object.entries(await forgeries(await admitted()))) {
      expect([what, (await visit(nginxUrl, bearer(token))).status]).toEqual([what, 303]);
      expect([what, (await visit(nginxUrl, { cookie: `admission=${token}` })).status]).toEqual([what, 303]);
    }
  });

  test('admits a user by header or cookie, for any request, until completion', async () => {
    const token = await admitted();
    for (const headers of [bearer(token), { cookie: `admission=${token}` }]) {
      const page = await visit(nginxUrl, headers);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(token)]);
      expect((await visit(`${nginxUrl}/buy`, headers, 'POST')).status).toBe(200);
    }
    granted(await api.ask('POST', '/v1/admissions/complete', { token }));
    await eventually(async () => (await visit(nginxUrl, bearer(token))).status === 303, { within: 5_000 });
    expect((await visit(nginxUrl, { cookie: `admission=${token}` })).status).toBe(303);
  });
});

test('both gates return 503 while the waiting room is unavailable', async () => {
  const tokens = [await admitted(), await admitted()] as const;
  await room.stop();
  const [fastify, byNginx] = await Promise.all([visit(shopUrl, bearer(tokens[0])), visit(nginxUrl, bearer(tokens[1]))]);
  expect([fastify.status, byNginx.status]).toEqual([503, 503]);
  expect([fastify.headers.get('retry-after'), byNginx.headers.get('retry-after')]).toEqual(['1', '1']);
});
