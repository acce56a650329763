/** The same operations over REST and GraphQL give the same states, codes and tokens. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Api, granted } from '../support/api.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

/** The result of an operation, or the code of its error. */
type ApiResult = { readonly [field: string]: unknown; readonly code?: string };

interface ApiClient {
  readonly name: string;
  queue(concertId: string): Promise<ApiResult | null>;
  enter(concertId: string, userId: string): Promise<ApiResult>;
  mine(concertId: string, token: string): Promise<ApiResult>;
  leave(concertId: string, token: string): Promise<ApiResult>;
  claim(concertId: string, token: string): Promise<ApiResult>;
  complete(token: string): Promise<ApiResult>;
  /** Follows an entry; `states` grows until the terminal state. */
  follow(concertId: string, token: string): Promise<{ readonly states: string[]; readonly ended: Promise<unknown> }>;
}

const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let api: Api;
beforeAll(async () => {
  installation = resources.use(await Installation.create());
  server = await installation.start();
  api = installation.apiOf(server);
}, 120_000);

async function rest(method: string, path: string, token?: string, body?: object): Promise<ApiResult> {
  const answer = await api.ask<ApiResult>(method, path, { ...(token && { token }), ...(body && { body }) });
  return answer.ok ? answer.body : { code: answer.body.code };
}
async function graphql(field: string, query: string, variables: object, token?: string): Promise<ApiResult> {
  const body = { query, variables };
  const { data, errors } = granted(
    await api.ask<{ data?: Record<string, ApiResult>; errors?: readonly { extensions: { code: string } }[] }>(
      'POST',
      '/graphql',
      { ...(token && { token }), body },
    ),
  );
  return errors ? { code: errors[0]?.extensions.code ?? 'none' } : (data?.[field] ?? (null as unknown as ApiResult));
}

const me = (concertId: string) => `/v1/concerts/${concertId}/queue/entries/me`;
const viaRest: ApiClient = {
  name: 'REST',
  queue: async (concertId) => {
    const result = await rest('GET', `/v1/concerts/${concertId}/queue`);
    return result.code === 'CONCERT_NOT_FOUND' ? null : result;
  },
  enter: (concertId, userId) => rest('POST', `/v1/concerts/${concertId}/queue/entries`, undefined, { userId }),
  mine: (concertId, token) => rest('GET', me(concertId), token),
  leave: async (concertId, token) => receiptOf(await rest('DELETE', me(concertId), token)),
  claim: (concertId, token) => rest('POST', `${me(concertId)}/claim`, token),
  complete: async (token) => receiptOf(await rest('POST', '/v1/admissions/complete', token)),
  follow: async (concertId, token) => {
    const states: string[] = [];
    const stream = await EventStream.open(`${server.url}${me(concertId)}/events`, token);
    const ended = stream.ended.then(() => states.push(...stream.entries.map(({ state }) => state)));
    return { states, ended };
  },
};
const receiptOf = (result: ApiResult): ApiResult => (result.code ? result : (result['receipt'] as ApiResult));

const ENTRY =
  'concertId userId state receipt { topic partition offset } place position ahead rejectedBecause projectedOffset';
const viaGraphql: ApiClient = {
  name: 'GraphQL',
  queue: (id) => graphql('queue', 'query ($id: ID!) { queue(concertId: $id) { concertId state waiting } }', { id }),
  enter: (concertId, userId) => {
    const query =
      'mutation ($input: RequestEntryInput!) { requestEntry(input: $input) { entryToken state receipt { offset } } }';
    return graphql('requestEntry', query, { input: { concertId, userId } });
  },
  mine: (id, token) => graphql('myEntry', `query ($id: ID!) { myEntry(concertId: $id) { ${ENTRY} } }`, { id }, token),
  leave: (id, token) =>
    graphql(
      'leaveQueue',
      'mutation ($id: ID!) { leaveQueue(concertId: $id) { topic partition offset } }',
      { id },
      token,
    ),
  claim: (id, token) =>
    graphql(
      'claimAdmission',
      'mutation ($id: ID!) { claimAdmission(concertId: $id) { admissionToken activeUntil } }',
      { id },
      token,
    ),
  complete: (token) =>
    graphql('completeAdmission', 'mutation { completeAdmission { topic partition offset } }', {}, token),
  follow: async (id, token) => {
    const states: string[] = [];
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const query = 'subscription ($id: ID!) { myEntryChanged(concertId: $id) { state } }';
    const ended = new Promise<void>((resolve, reject) => {
      const next = ({ data }: { data?: unknown }) =>
        void states.push((data as { myEntryChanged: { state: string } }).myEntryChanged.state);
      client.subscribe({ query, variables: { id } }, { next, error: reject, complete: resolve });
    }).finally(() => void client.dispose());
    return { states, ended };
  },
};

describe.each([viaRest, viaGraphql])('over $name', (client) => {
  const concert = (name: string) => `${client.name.toLowerCase()}-${name}`;
  const tokenOf = (result: ApiResult): string => String(result['entryToken']);
  const is = (concertId: string, token: string, state: string) =>
    eventually(async () => (await client.mine(concertId, token))['state'] === state);

  test('an entry is admitted, claimed and completed, with live updates', async () => {
    const id = concert('life');
    granted(await api.configure(id, { capacity: 1 }));
    granted(await api.changeState(id, 'pause'));
    const ann = await client.enter(id, 'ann');
    expect(ann).toMatchObject({ state: 'PENDING', receipt: { offset: expect.any(Number) } });
    await is(id, tokenOf(ann), 'WAITING');
    expect(await client.mine(id, tokenOf(ann))).toMatchObject({ concertId: id, userId: 'ann', position: 1, ahead: 0 });
    const followed = await client.follow(id, tokenOf(ann));
    expect(await client.claim(id, tokenOf(ann))).toEqual({ code: 'NOT_READY' });
    granted(await api.changeState(id, 'resume'));
    await is(id, tokenOf(ann), 'READY');
    const { admissionToken, ...admission } = await client.claim(id, tokenOf(ann));
    expect(admission).toEqual({ activeUntil: expect.stringMatching(/^\d{4}-.*Z$/) });
    await is(id, tokenOf(ann), 'ACTIVE');
    await eventually(() => client === viaRest || followed.states.includes('ACTIVE'));
    expect(await client.complete(String(admissionToken))).toMatchObject({ offset: expect.any(Number) });
    await is(id, tokenOf(ann), 'COMPLETED');
    await followed.ended;
    expect(followed.states.at(0)).toBe('WAITING');
    expect(followed.states.at(-1)).toBe('COMPLETED');
    expect(await client.claim(id, tokenOf(ann))).toEqual({ code: 'ADMISSION_ENDED' });
  });

  test('a repeated request keeps the place, and leaving gives it up', async () => {
    const id = concert('line');
    granted(await api.configure(id));
    granted(await api.changeState(id, 'pause'));
    const [ann, bo] = [await client.enter(id, 'ann'), await client.enter(id, 'bo')];
    const again = await client.enter(id, 'bo');
    await is(id, tokenOf(again), 'WAITING');
    expect(await client.mine(id, tokenOf(again))).toMatchObject({ position: 2, receipt: bo['receipt'] });
    expect(await client.leave(id, tokenOf(ann))).toMatchObject({ offset: expect.any(Number) });
    await is(id, tokenOf(ann), 'LEFT');
    await eventually(async () => (await client.mine(id, tokenOf(bo)))['position'] === 1);
    expect(await client.queue(id)).toMatchObject({ concertId: id, state: 'PAUSED' });
  });

  test('rejections have the same codes', async () => {
    const id = concert('refused');
    granted(await api.configure(id));
    granted(await api.changeState(id, 'close'));
    await eventually(async () => (await client.enter(id, 'ann')).code === 'QUEUE_CLOSED');
    expect(await client.queue(concert('nowhere'))).toBeNull();
    expect(await client.enter(concert('nowhere'), 'ann')).toEqual({ code: 'CONCERT_NOT_FOUND' });
    expect(await client.enter(id, 'me')).toEqual({ code: 'INVALID_REQUEST' });
    expect(await client.mine(id, 'x')).toEqual({ code: 'UNAUTHENTICATED' });
    expect(await client.mine(id, installation.adminToken)).toEqual({ code: 'FORBIDDEN' });
    expect(await client.complete('x')).toEqual({ code: 'UNAUTHENTICATED' });
  });
});
