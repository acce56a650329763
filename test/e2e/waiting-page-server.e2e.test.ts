/** Many users behind one page server, with the limits of `ENTRY_AUTH=service`. */
import { beforeAll, expect, test } from '@jest/globals';
import type { DedicatedServer } from '../support/dedicated-server.ts';
import { eventually } from '../support/eventually.ts';
import { startExample } from '../support/example.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const CONCERT = 'crowded';
const SERVICE_TOKEN = 'a-service-token-of-at-least-32-characters';
/** Requests per minute of one address, and its connections. */
const LIMIT = 40;

const resources = testResources();
let site: { url: string; server: DedicatedServer };
beforeAll(async () => {
  const installation = resources.use(await Installation.create());
  const server = await installation.start({
    ENTRY_AUTH: 'service',
    SERVICE_TOKEN,
    RATE_LIMIT_PER_ADDRESS: `${LIMIT}`,
    CONNECTION_LIMIT_PER_ADDRESS: `${LIMIT}`,
    TRUST_PROXY: '127.0.0.1',
  });
  await installation.apiOf(server).configure(CONCERT, { capacity: 1, admissionsPerMinute: 6_000 });
  site = await startExample('waiting-page', { WAITING_ROOM: server.url, SERVICE_TOKEN });
  resources.use(site.server);
}, 180_000);

interface Reply {
  readonly status: number;
  readonly body: { readonly entryToken: string; readonly state: string };
}

/** A request of the user with this address, as a proxy in front of the page server sends it. */
async function ask(method: string, path: string, address: string, token = ''): Promise<Reply> {
  const response = await fetch(`${site.url}/v1/concerts/${CONCERT}/queue${path}`, {
    method,
    headers: { 'x-forwarded-for': address, ...(token && { authorization: `Bearer ${token}` }) },
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

const addressOf = (user: number): string => `10.0.${Math.floor(user / 250)}.${(user % 250) + 1}`;

test('500 users read the queue and enter, and the called one claims', async () => {
  const users = Array.from({ length: 500 }, (_, user) => user);
  const reads = await Promise.all(users.map((user) => ask('GET', '', addressOf(user))));
  expect(reads.filter(({ status }) => status !== 200)).toEqual([]);

  const entries = await Promise.all(users.slice(0, 100).map((user) => ask('POST', '/entries', addressOf(user))));
  expect(entries.filter(({ status }) => status !== 202)).toEqual([]);

  const called = await eventually(async () => {
    for (const [user, { body }] of entries.entries()) {
      const entry = await ask('GET', '/entries/me', addressOf(user), body.entryToken);
      expect(entry.status).toBe(200);
      if (entry.body.state === 'READY') return { user, token: body.entryToken };
    }
    return false;
  });
  const claim = await ask('POST', '/entries/me/claim', addressOf(called.user), called.token);
  expect(claim.status).toBe(200);
}, 120_000);

test('an address that sends forged tokens is limited, and no other', async () => {
  const attempts = Array.from({ length: LIMIT + 20 }, () => ask('GET', '/entries/me', '10.9.9.9', 'forged'));
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await ask('GET', '/entries/me', '10.9.9.8', 'forged')).status).toBe(401);
});

test('more streams than one address may hold stay open', async () => {
  const { body } = await ask('POST', '/entries', '10.8.0.1');
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${body.entryToken}`, accept: 'text/event-stream' };
  const streams = await Promise.all(
    Array.from({ length: LIMIT + 10 }, async () => {
      const response = await fetch(`${site.url}/v1/concerts/${CONCERT}/queue/entries/me/events`, {
        headers,
        signal: abort.signal,
      });
      return (await response.body?.getReader().read())?.value?.length ?? 0;
    }),
  );
  expect(streams.filter((bytes) => bytes === 0)).toEqual([]);
  abort.abort();
});
