import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../../test/support/eventually.ts';
import { QueueError } from '../../application/errors.ts';
import { LiveEntries } from '../../application/live/live-entries.ts';
import { DoorUnderTest } from '../http/door.suite.ts';
import { ADMIN, entry, tokenOf } from '../http/door-samples.suite.ts';
import { PrometheusTelemetry } from '../observability/prometheus-telemetry.ts';
import { graphqlDoor } from './graphql-door.ts';

const query = 'subscription ($id: ID!) { myEntryChanged(concertId: $id) { state position claimBy projectedOffset } }';
const variables = { id: 'c1' };
const ann = `Bearer ${tokenOf('ann')}`;

let door: DoorUnderTest;
let url: string;
const clients: Client[] = [];
beforeAll(async () => {
  door = await DoorUnderTest.open({ beside: graphqlDoor({ production: false, liveStreamLimit: 3 }) });
  await door.app.listen(0, '127.0.0.1');
  url = `${(await door.app.getUrl()).replace('http', 'ws')}/graphql`;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  door.reset();
});
afterAll(() => door.close());

function client(connectionParams: Record<string, unknown> = {}, header?: string): Client {
  const Socket = class extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, header === undefined ? {} : { headers: { authorization: header } });
    }
  };
  const one = createClient({ url, webSocketImpl: Socket, connectionParams, retryAttempts: 0 });
  clients.push(one);
  return one;
}

interface Told {
  readonly data?: { readonly myEntryChanged?: { readonly state: string } | null } | null | undefined;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[] | undefined;
}
async function follow(one: Client, payload: object = {}) {
  const told: Told[] = [];
  const ended: unknown[] = [];
  const stop = one.subscribe(
    { query, variables, ...payload },
    {
      next: (result) => void told.push(result as Told),
      error: (error) => void ended.push(error),
      complete: () => void ended.push('complete'),
    },
  );
  await eventually(() => door.followers.length > 0 || told.length > 0 || ended.length > 0);
  return { told, ended, stop, follower: door.followers.at(-1) };
}
const codes = (told: readonly Told[]) => told.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions));

describe('a subscription', () => {
  test.each([
    ['the connection’s parameters', { authorization: ann }, undefined],
    ['them, written as the header is', { Authorization: ann }, undefined],
    ['the header', {}, ann],
  ])('is opened by the entry token in %s', async (_, params, header) => {
    const { told, follower, stop } = await follow(client(params, header));
    expect(follower).toMatchObject({ token: { userId: 'ann', concertId: 'c1', offset: 41 }, since: undefined });
    follower?.follower.tell(entry);
    await eventually(() => told.length === 1);
    follower?.follower.tell({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, projectedOffset: 104 });
    await eventually(() => told.length === 2);
    expect(told.map(({ data }) => data?.myEntryChanged)).toEqual([
      { state: 'WAITING', position: 3, claimBy: null, projectedOffset: 99 },
      { state: 'READY', position: 3, claimBy: '2025-12-01T11:00:00.007Z', projectedOffset: 104 },
    ]);
    stop();
    await eventually(() => follower?.isThere === false);
  });

  test('completes after the last word', async () => {
    const { told, ended, follower } = await follow(client({ authorization: ann }));
    follower?.follower.tell({ ...entry, state: 'COMPLETED' });
    follower?.follower.end('over');
    await eventually(() => ended.length === 1);
    expect([told.map(({ data }) => data?.myEntryChanged?.state), ended]).toEqual([['COMPLETED'], ['complete']]);
  });

  test('gives way to later ones with a code', async () => {
    const { told, ended, follower } = await follow(client({ authorization: ann }));
    follower?.follower.end('replaced');
    await eventually(() => ended.length === 1);
    expect([codes(told), ended]).toEqual([[{ code: 'OVERLOADED', retryAfterSeconds: 2 }], ['complete']]);
  });

  test('keeps only the newest for a client that is slow, and lets go of whoever is gone', async () => {
    const one = client({ authorization: ann });
    const { told, follower } = await follow(one);
    for (let offset = 100; offset < 1_000; offset++) follower?.follower.tell({ ...entry, projectedOffset: offset });
    await eventually(() => JSON.stringify(told.at(-1)).includes('999'));
    expect(told.length).toBeLessThan(10);
    await one.dispose();
    await eventually(() => follower?.isThere === false);
  });

  test.each([
    ['without a token', {}, 'UNAUTHENTICATED'],
    ['with one that is none', { authorization: 'Bearer x' }, 'UNAUTHENTICATED'],
    ['with an operator’s', { authorization: `Bearer ${ADMIN}` }, 'FORBIDDEN'],
    ['with one for another concert', { authorization: `Bearer ${tokenOf('ann', 'c2')}` }, 'FORBIDDEN'],
  ])('is refused %s', async (_, params, code) => {
    const { told, ended } = await follow(client(params));
    await eventually(() => ended.length === 1);
    expect([codes(told), door.followers]).toEqual([[{ code }], []]);
  });

  test('is refused beyond what the process takes', async () => {
    door.answers.set(LiveEntries, () => {
      throw new QueueError('OVERLOADED', 'no more', { retryAfterSeconds: 2 });
    });
    const { told } = await follow(client({ authorization: ann }));
    await eventually(() => told.length === 1);
    expect(codes(told)).toEqual([{ code: 'OVERLOADED', retryAfterSeconds: 2 }]);
  });

  test.each([
    ['syntax', 'subscription { myEntryChanged('],
    ['fields', 'subscription { myEntryChanged(concertId: "c1") { secret } }'],
    ['depth', `{ ${'receipt { '.repeat(20)} offset ${'}'.repeat(20)} }`],
    ['words', `{ ${'state '.repeat(1_001)} }`],
  ])('is refused for its %s', async (_, text) => {
    const { ended } = await follow(client({ authorization: ann }), { query: text, variables: {} });
    const [errors] = ended as [readonly { readonly extensions: object }[]];
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_REQUEST' });
    expect(JSON.stringify(errors)).not.toMatch(/Did you mean|\.ts|\.js|node:/);
  });
});

describe('a connection', () => {
  /** The status, or the code of the close. */
  const outcome = (address: string, protocol: string, message?: string): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(address, protocol === '' ? [] : protocol);
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('open', () => {
        if (message !== undefined) socket.send(message);
      });
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });

  test('is refused elsewhere, in another protocol, and for what is no message', async () => {
    expect(await outcome(url.replace('/graphql', '/v1'), 'graphql-transport-ws')).toBe(404);
    expect(await outcome(url, '')).toBe(4406);
    expect(await outcome(url, 'graphql-transport-ws', 'nonsense')).toBe(4400);
    expect(await outcome(url, 'graphql-transport-ws', '{"type":"subscribe","id":"1","payload":{"query":"{a}"}}')).toBe(
      4401,
    );
    expect(await outcome(url, 'graphql-transport-ws', `"${'x'.repeat(20_000)}"`)).toBe(1009);
  });

  test('that says nothing is closed', async () => {
    expect(await outcome(url, 'graphql-transport-ws')).toBe(4408);
  });

  test('carries out subscriptions only', async () => {
    const { ended } = await follow(client(), { query: '{ queue(concertId: "c1") { state } }', variables: {} });
    expect(ended).toEqual([[expect.objectContaining({ extensions: { code: 'INVALID_REQUEST' } })]]);
  });

  test('carries out ten operations at once, and one more when one has ended', async () => {
    const one = client({ authorization: ann });
    const [first] = await Promise.all(Array.from({ length: 10 }, () => follow(one)));
    await eventually(() => door.followers.length === 10);
    const more = await follow(one);
    await eventually(() => more.ended.length === 1);
    const [errors] = more.ended as [readonly { readonly extensions: object }[]];
    expect(errors[0]?.extensions).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    first?.stop();
    await eventually(() => door.followers.some(({ isThere }) => !isThere));
    await follow(one);
    await eventually(() => door.followers.length === 11);
  });

  test('beyond the limit is told to come later', async () => {
    const three = await Promise.all(
      [0, 1, 2].map(async () => {
        const socket = new WebSocket(url, 'graphql-transport-ws');
        await new Promise((resolve) => socket.once('open', resolve));
        return socket;
      }),
    );
    expect(await outcome(url, 'graphql-transport-ws')).toBe(1013);
    for (const socket of three) socket.terminate();
  });
});

test('opening connections counts against the limit of an address, as its proxy names it', async () => {
  const beside = graphqlDoor({ production: true, liveStreamLimit: 10 });
  const telemetry = new PrometheusTelemetry();
  const narrow = await DoorUnderTest.open({ beside, telemetry, limits: { perAddress: 2 }, trustProxy: 1 });
  await narrow.app.listen(0, '127.0.0.1');
  const address = `${(await narrow.app.getUrl()).replace('http', 'ws')}/graphql`;
  const opening = (client: string, more: Record<string, string> = {}): Promise<number | undefined> =>
    new Promise((resolve) => {
      const headers = { 'x-forwarded-for': client, ...more };
      const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
      socket.on('error', () => undefined);
      socket.on('upgrade', () => {
        resolve(101);
        socket.terminate();
      });
      socket.on('unexpected-response', (_, response) => {
        resolve(Number(response.headers['retry-after']) >= 1 ? response.statusCode : undefined);
        socket.terminate();
      });
    });
  const outcomes = async (...clients: string[]) => {
    const seen: (number | undefined)[] = [];
    for (const one of clients) seen.push(await opening(one));
    return seen;
  };
  const [ann, bo] = ['192.0.2.1', '192.0.2.2'];
  expect(await outcomes(ann, ann, ann, bo)).toEqual([101, 101, 429, 101]);
  const remaining = () => narrow.call('GET', '/v1/concerts/c1/queue', { headers: { 'x-forwarded-for': bo } });
  expect((await remaining()).statusCode).toBe(200);
  expect(await outcomes(bo)).toEqual([429]);
  expect(await opening(ann, { authorization: `Bearer ${ADMIN}` })).toBe(101);
  const lines = (await telemetry.registry.metrics()).split('\n');
  expect(lines.filter((line) => /^concert_queue_requests_total.* [1-9]/.test(line)).toSorted()).toEqual([
    'concert_queue_requests_total{door="graphql",operation="connect",code="OK"} 4',
    'concert_queue_requests_total{door="graphql",operation="connect",code="TOO_MANY_REQUESTS"} 2',
    'concert_queue_requests_total{door="http",operation="getQueue",code="OK"} 1',
  ]);
  expect(lines.filter((line) => line.includes('route="none"'))).toEqual([]);
  await narrow.close();
});

test('a process that stops closes its connections so that clients come back', async () => {
  const stopping = await DoorUnderTest.open({ beside: graphqlDoor({ production: true, liveStreamLimit: 3 }) });
  await stopping.app.listen(0, '127.0.0.1');
  const socket = new WebSocket(
    `${(await stopping.app.getUrl()).replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await stopping.close();
  expect(await closed).toBe(1001);
});
