/** Unauthorized calls to a server with ENTRY_AUTH=jwt. SECURITY.md refers to these tests. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, type Entry, type EntryAccepted, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { FakeIdentityProvider, keyOf } from '../support/fake-identity-provider.ts';
import { heldBytes, INSPECTED } from '../support/heap.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const resources = testResources();
let issuer: FakeIdentityProvider;
let installation: Installation;
let server: ServerProcess;
let api: Api;
const C = 'seoul';
const ENTRIES = `/v1/concerts/${C}/queue/entries`;
beforeAll(async () => {
  issuer = resources.use(await FakeIdentityProvider.start());
  installation = resources.use(await Installation.create());
  server = await installation.start({
    ...issuer.settings,
    ...INSPECTED,
    ENTRY_AUTH: 'jwt',
    RATE_LIMIT_PER_ADDRESS: '0',
    RATE_LIMIT_PER_USER: '0',
  });
  api = installation.apiOf(server);
  granted(await api.configure(C, { capacity: 1 }));
  granted(await api.configure('other'));
});

const enter = (token: string | undefined, body: object = {}, concertId = C) =>
  api.ask<EntryAccepted>('POST', `/v1/concerts/${concertId}/queue/entries`, { ...(token && { token }), body });
const place = async (sub: string) => granted(await enter(await issuer.token({ sub })));
const mine = (token: string, concertId = C) => api.myEntry(concertId, token);
const status = async (pending: Promise<{ readonly status: number }>) => (await pending).status;
const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a place requires a valid token', () => {
  test('and belongs to the subject of the token', async () => {
    const accepted = await place('ann');
    const entry = await eventually(async () => {
      const seen = granted<Entry>(await mine(accepted.entryToken));
      return seen.state !== 'PENDING' && seen;
    });
    expect(entry.userId).toBe('ann');
  });

  test('rejects a foreign, forged or expired token and one for another audience', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token()).split('.');
    const foreign = await keyOf('foreign');
    const wrong: Record<string, string> = {
      foreign: await issuer.token({}, foreign),
      'wrong key, right kid': await issuer.token({}, { ...foreign, kid: issuer.key.kid }),
      expired: await issuer.token({ exp: Math.floor(Date.now() / 1000) - 1 }),
      'wrong audience': await issuer.token({ aud: 'shop' }),
      'wrong issuer': await issuer.token({ iss: 'https://evil.example' }),
      'alg none': `${text({ alg: 'none' })}.${payload}.`,
      forged: `${header}.${text({ sub: 'bo', iss: issuer.issuer, aud: issuer.audience, exp: 9e9 })}.${signature}`,
    };
    for (const [how, token] of Object.entries(wrong)) {
      expect([how, await status(enter(token))]).toEqual([how, 401]);
      expect([how, await status(mine(token))]).toEqual([how, 401]);
      expect([how, await status(api.ask('GET', '/v1/admissions/verify', { token }))]).toEqual([how, 401]);
      expect([how, await status(api.ask('GET', '/v1/queues', { token }))]).toEqual([how, 401]);
    }
    expect(await status(enter(undefined))).toBe(401);
  });

  test('rejects a body that names a user or has other fields', async () => {
    const token = await issuer.token({ sub: 'mallory' });
    const bodies = [{ userId: 'ann' }, { userId: 'mallory' }, { phoneNumber: '010-1234-5678' }, { state: 'ACTIVE' }];
    for (const body of [...bodies, { place: 0 }, { admin: true }, { entryId: 'x' }, { concertId: 'other' }])
      expect([body, await status(enter(token, body))]).toEqual([body, 400]);
    for (const malicious of ['{"__proto__":{"userId":"ann"}}', '{"constructor":{"prototype":{"userId":"ann"}}}']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}${ENTRIES}`, { method: 'POST', headers, body: malicious });
      expect([malicious, answer.status]).toEqual([malicious, 400]);
    }
    expect(await status(enter(token))).toBe(202);
  });

  test('rejects the token of another entry for reading, leaving and claiming', async () => {
    const own = await place('bo');
    const other = granted(await enter(await issuer.token({ sub: 'bo' }), {}, 'other'));
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/claim'],
    ] as const) {
      const ask = (token: string) => api.ask(method, `${ENTRIES}/me${path}`, { token });
      expect(await status(ask(other.entryToken))).toBe(403);
      expect(await status(ask(await issuer.token({ sub: 'bo' })))).toBe(401);
      expect(await status(ask(`${own.entryToken.slice(0, -3)}AAA`))).toBe(401);
    }
    expect(granted<Entry>(await mine(own.entryToken)).userId).toBe('bo');
  });
});

test('the operator routes reject users', async () => {
  const { entryToken } = await place('carl');
  const calls = [
    ['GET', '/v1/queues'],
    ['POST', `/v1/concerts/${C}/queue/pause`],
    ['POST', `/v1/concerts/${C}/queue/close`],
    ['DELETE', `${ENTRIES}/ann`],
    ['POST', `${ENTRIES}/ann/reinstate`],
  ] as const;
  for (const [method, path] of calls) {
    expect([path, await status(api.ask(method, path))]).toEqual([path, 401]);
    expect([path, await status(api.ask(method, path, { token: entryToken }))]).toEqual([path, 403]);
    expect([path, await status(api.ask(method, path, { token: await issuer.token() }))]).toEqual([path, 403]);
  }
  const token = await issuer.token({ sub: 'op', scope: 'queue:admin' });
  expect(await status(api.ask('GET', '/v1/queues', { token }))).toBe(200);
});

interface GraphqlAnswer {
  readonly data?: { readonly queue: object | null };
  readonly errors?: readonly { readonly extensions?: object }[];
}

const EVIL = [
  'a:b',
  '{a}',
  'a\r\nSET x y',
  'a\u0000b',
  'x'.repeat(10_240),
  'seоul',
  'ｓeoul',
  'seoul\u202e',
  '../x', // '..' is resolved by this client: raw-http.unit.test.ts sends it
];
/** The allowed keys of the view; which of them exist depends on the states of the entries. */
const OURS = /^(partition:\d+|queue:\{(seoul|other)\}:.+)$/;
test.each(EVIL.map((id) => [id.slice(0, 20), id] as const))('the id %j reaches neither log nor view', async (_, id) => {
  const path = `/v1/concerts/${encodeURIComponent(id)}/queue`;
  const rejected = { ok: false, status: 400, body: expect.objectContaining({ code: 'INVALID_REQUEST' }) };
  expect(await api.ask('GET', path)).toEqual(rejected);
  expect(await enter(await issuer.token(), {}, encodeURIComponent(id))).toEqual(rejected);
  const query = `{ queue(concertId: ${JSON.stringify(id)}) { state } }`;
  const { errors } = granted(await api.ask<GraphqlAnswer>('POST', '/graphql', { body: { query } }));
  expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'INVALID_REQUEST' } })]);
  expect(await status(enter(await issuer.token({ sub: id })))).toBe(401);
  const keys = await installation.redis.keys(`${installation.prefix}*`);
  expect(keys).toContain(`${installation.prefix}queue:{seoul}:head`);
  expect(keys.filter((key) => !OURS.test(key.slice(installation.prefix.length)))).toEqual([]);
  for (const entries of keys.filter((key) => key.endsWith(':entries')))
    expect(await installation.redis.hexists(entries, id)).toBe(0);
});

test('the public document does not depend on request headers or query', async () => {
  granted(await api.configure('quiet')); // no user enters, so the document does not change
  const ask = async (headers: Record<string, string>, query = '') => {
    const answer = await fetch(`${server.url}/v1/concerts/quiet/queue${query}`, { headers });
    return { status: answer.status, body: await answer.text(), vary: answer.headers.get('vary') };
  };
  const plain = await eventually(async () => {
    const seen = await ask({});
    return seen.status === 200 && seen;
  });
  const lies = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher', forwarded: 'host=evil.example' };
  const overrides = { 'x-original-url': '/v1/queues', 'x-rewrite-url': '/v1/queues', 'x-http-method-override': 'PUT' };
  for (const seen of [await ask({ ...lies, ...overrides }), await ask({}, '?cb=<script>&__proto__[x]=1')]) {
    expect({ ...seen, body: JSON.parse(seen.body) }).toEqual({ ...plain, body: JSON.parse(plain.body) });
    expect(seen.body).not.toMatch(/evil|script/);
  }
  const missing = await fetch(`${server.url}/v1/concerts/nobody/queue`, { headers: lies });
  expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
});

/**
 * Heap growth after 10,000 requests: 150 bytes each, less than one Map entry with such an id. State that callers can grow is
 * bounded: 20,000 cached partitions of concerts, 1,024 GraphQL documents, 1,000 denied schemas, 500 log lines, fixed slots of
 * the rate limits, a maximum of subscribers. Other state ends with its request or exists for configured queues only.
 */
const MAX_HEAP_GROWTH = 1_500_000;

test('requests for 10,000 unknown concerts leave no memory, key or metric behind', async () => {
  const token = await issuer.token({ sub: 'curious' });
  const unknownOverGraphql = (concertId: string) =>
    // A document of its own: no cache may keep it.
    api.ask<GraphqlAnswer>('POST', '/graphql', { body: { query: `{ queue(concertId: "${concertId}") { state } }` } });
  const flood = async (from: number, to: number): Promise<Set<number>> => {
    const seen = new Set<number>();
    let next = from;
    const ask = async () => {
      while (next < to) {
        const unknown = `unknown-${next++}`.padEnd(64, '.');
        if (next % 3 === 0) seen.add(await status(api.queue(unknown)));
        else if (next % 3 === 1) seen.add(await status(enter(token, {}, unknown)));
        else expect(granted(await unknownOverGraphql(unknown))).toEqual({ data: { queue: null } });
      }
    };
    await Promise.all(Array.from({ length: 32 }, ask));
    return seen;
  };
  /** Series of the product only: those of Node get a label for each kind of garbage collection. */
  const ownSeries = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return new Set(text.match(/^concert_queue_.* (?=\S+$)/gm));
  };
  await flood(0, 10_000);
  await ownSeries(); // the first scrape adds its own series
  const keys = async () => new Set(await installation.redis.keys(`${installation.prefix}*`));
  const before = { keys: await keys(), series: await ownSeries() };
  const held = await heldBytes(server);
  expect([...(await flood(10_000, 20_000))]).toEqual([404]);
  expect((await heldBytes(server)) - held).toBeLessThan(MAX_HEAP_GROWTH);
  // Keys may disappear: the set of waiting users does with the last one.
  const grown = [
    ...[...(await keys())].filter((one) => !before.keys.has(one)),
    ...[...(await ownSeries())].filter((one) => !before.series.has(one)),
  ];
  expect(grown).toEqual([]);
  expect([...before.series].join('')).not.toContain('unknown-');
});

test('disconnects a client that sends a request byte by byte, and serves others meanwhile', async () => {
  const { hostname, port } = new URL(server.url);
  const sockets = Array.from({ length: 50 }, () => connect(Number(port), hostname));
  const ends = sockets.map(
    (socket) =>
      new Promise((resolve) => {
        socket.on('error', () => undefined).on('close', resolve);
        socket.resume().write('POST /v1/concerts/seoul/queue/entries HTTP/1.1\r\nHost: x\r\nX: ');
      }),
  );
  const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('y')), 500);
  let areClosed = false;
  const allClosed = Promise.all(ends).then(() => (areClosed = true));
  const { entryToken } = await place('quick');
  const probes: (number | undefined)[] = [];
  try {
    const until = performance.now() + 30_000;
    while (!areClosed && performance.now() < until) {
      probes.push((await server.health('live'))?.status, await status(mine(entryToken)));
      await Promise.race([allClosed, sleep(200)]);
    }
    expect(areClosed).toBe(true);
    // Clients that are refused at once would leave nothing to observe.
    expect(probes.length).toBeGreaterThan(40);
    expect(new Set(probes)).toEqual(new Set([200]));
  } finally {
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
  }
});
