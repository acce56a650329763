import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '../../../../test/support/eventually.ts';
import { PrometheusTelemetry } from '../../driven/observability/prometheus-telemetry.ts';
import { TestApi } from '../http/http.fixtures.ts';
import { bearer, tokenOf } from '../http/http-samples.fixtures.ts';
import { graphqlModuleOptions } from './graphql.module-options.ts';
import { ann, listening, Subscribers } from './graphql-subscription.fixtures.ts';

let subscribers: Subscribers;
beforeAll(async () => {
  subscribers = await Subscribers.open();
});
afterEach(() => subscribers.reset());
afterAll(() => subscribers.close());

describe('a connection', () => {
  /** The status, or the code of the close. */
  const outcome = (address: string, protocol: string, message?: string, headers = {}): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(address, protocol === '' ? [] : protocol, { headers });
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

  test('is rejected on another path, with another protocol and after an invalid message', async () => {
    expect(await outcome(subscribers.url.replace('/graphql', '/v1'), 'graphql-transport-ws')).toBe(404);
    expect(await outcome(subscribers.url, '')).toBe(4406);
    expect(await outcome(subscribers.url, 'graphql-transport-ws', 'nonsense')).toBe(4400);
    expect(
      await outcome(subscribers.url, 'graphql-transport-ws', '{"type":"subscribe","id":"1","payload":{"query":"{a}"}}'),
    ).toBe(4401);
    expect(await outcome(subscribers.url, 'graphql-transport-ws', `"${'x'.repeat(20_000)}"`)).toBe(1009);
  });

  test('is closed after three seconds without connection_init', async () => {
    expect(await outcome(subscribers.url, 'graphql-transport-ws')).toBe(4408);
  });

  test('rejects a query', async () => {
    const { ended } = await subscribers.follow(subscribers.client({ authorization: ann }), {
      query: '{ queue(concertId: "c1") { state } }',
      variables: {},
    });
    expect(ended).toEqual([[expect.objectContaining({ extensions: { code: 'INVALID_REQUEST' } })]]);
  });

  test('carries ten subscriptions at once, and another after one has ended', async () => {
    const one = subscribers.client({ authorization: ann });
    const [first] = await Promise.all(Array.from({ length: 10 }, () => subscribers.follow(one)));
    await eventually(() => subscribers.api.subscriptions.length === 10);
    const more = await subscribers.follow(one);
    await eventually(() => more.ended.length === 1);
    const [errors] = more.ended as [readonly { readonly extensions: object }[]];
    expect(errors[0]?.extensions).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    first?.stop();
    await eventually(() => subscribers.api.subscriptions.some(({ isOpen }) => !isOpen));
    await subscribers.follow(one);
    await eventually(() => subscribers.api.subscriptions.length === 11);
  });

  test('is closed with 1013 beyond LIVE_STREAM_LIMIT', async () => {
    const three = await Promise.all(
      ['bo', 'cy', 'dee'].map(async (userId) => {
        const headers = bearer(tokenOf(userId));
        const socket = new WebSocket(subscribers.url, 'graphql-transport-ws', { headers });
        await new Promise((resolve) => socket.once('open', resolve));
        return socket;
      }),
    );
    expect(await outcome(subscribers.url, 'graphql-transport-ws', undefined, bearer(tokenOf('ann')))).toBe(1013);
    for (const socket of three) socket.terminate();
  });
});

test('counts upgrades against the limit of the client address that the proxy forwards', async () => {
  const otherApi = graphqlModuleOptions({ production: true, liveStreamLimit: 10 });
  const telemetry = new PrometheusTelemetry();
  const narrow = await TestApi.open({ otherApi, telemetry, limits: { perAddress: 2 }, trustProxy: 1 });
  const address = await listening(narrow);
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
  expect(await opening(ann, bearer(tokenOf('ann')))).toBe(101);
  const lines = (await telemetry.registry.metrics()).split('\n');
  expect(lines.filter((line) => /^concert_queue_requests_total.* [1-9]/.test(line)).toSorted()).toEqual([
    'concert_queue_requests_total{api="graphql",operation="connect",code="OK"} 1',
    'concert_queue_requests_total{api="graphql",operation="connect",code="TOO_MANY_REQUESTS"} 2',
    'concert_queue_requests_total{api="http",operation="getQueue",code="OK"} 1',
  ]);
  expect(lines.filter((line) => line.includes('route="none"'))).toEqual([]);
  await narrow.close();
});

test('closes connections with 1001 on shutdown', async () => {
  const stopping = await TestApi.open({ otherApi: graphqlModuleOptions({ production: true, liveStreamLimit: 3 }) });
  const socket = new WebSocket(await listening(stopping), 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await stopping.close();
  expect(await closed).toBe(1001);
});
