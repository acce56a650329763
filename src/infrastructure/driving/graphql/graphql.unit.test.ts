import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import type { Response } from 'light-my-request';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { QueueError } from '../../../application/errors.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { JoseAdmissionTokens } from '../../driven/tokens/admission-token.jose.ts';
import { TestApi } from '../http/http.fixtures.ts';
import {
  ADMIN,
  admissionKeys,
  bearer,
  document,
  documentWithNotice,
  entry,
  receipt,
  SERVICE,
  tokenOf,
} from '../http/http-samples.fixtures.ts';
import { CODES } from '../http/schemas/problem.ts';
import { graphqlModuleOptions } from './graphql.module-options.ts';
import { codes, graphqlClient } from './graphql-request.fixtures.ts';

const ann = bearer(tokenOf('ann'));

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open({ otherApi: graphqlModuleOptions({ production: false, liveStreamLimit: 10 }) });
});
afterEach(() => api.reset());
afterAll(() => api.close());

const send = graphqlClient(() => api);

describe('each operation', () => {
  test('queue returns the public document', async () => {
    const { data } = await send(`{ queue(concertId: "c1") {
      concertId state opensAt registered waiting ready active admittedThrough admittedPerMinute estimatedWaitSeconds
      projectedOffset projectedAt drawCommitment drawSeed
      policy { capacity admissionsPerMinute claimWindowSeconds activeWindowSeconds maximumWaiting minimumBalance opensAt beforeOpening outcomeRetentionSeconds }
    } }`);
    const opensAt = '2025-12-01T11:00:00.000Z';
    expect(data?.['queue']).toEqual({
      ...document,
      opensAt,
      policy: { ...document.policy, opensAt },
      projectedAt: '2025-12-01T11:00:12.345Z',
      estimatedWaitSeconds: null,
      drawCommitment: null,
      drawSeed: null,
    });
  });

  test('queue returns the notice as a list of texts, or null', async () => {
    const query = '{ queue(concertId: "c1") { notice { texts { language text } postedAt } } }';
    expect(await send(query)).toEqual({ data: { queue: { notice: null } } });
    api.results.set(GetQueue, () => documentWithNotice);
    const texts = [
      { language: 'en', text: 'Delayed.' },
      { language: 'ko', text: '지연' },
    ];
    expect(await send(query)).toEqual({ data: { queue: { notice: { texts, postedAt: '2025-12-01T11:00:00.007Z' } } } });
  });

  test('queue is null for an unknown concert', async () => {
    api.results.set(GetQueue, () => {
      throw new QueueError('CONCERT_NOT_FOUND', 'none');
    });
    expect(await send('{ queue(concertId: "c1") { state } }')).toEqual({ data: { queue: null } });
  });

  test('myEntry returns the entry of the token', async () => {
    api.results.set(GetMyEntry, () => ({ ...entry, state: 'READY', claimBy: 1_764_586_800_007 }));
    const { data } = await send(
      '{ myEntry(concertId: "c1") { concertId userId state receipt { topic partition offset } place position ahead estimatedWaitSeconds claimBy activeUntil rejectedBecause pollAfterMs projectedOffset } }',
      ann,
    );
    const absent = { estimatedWaitSeconds: null, activeUntil: null, rejectedBecause: null };
    expect(data).toEqual({ myEntry: { ...entry, ...absent, state: 'READY', claimBy: '2025-12-01T11:00:00.007Z' } });
    expect(api.messages).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });

  test('requestEntry accepts variables', async () => {
    const query =
      'mutation ($input: RequestEntryInput!) { requestEntry(input: $input) { entryToken receipt { offset } state pollAfterMs } }';
    const { data } = await send(query, {}, { input: { concertId: 'c1', userId: 'ann', phoneNumber: null } });
    expect(data).toEqual({
      requestEntry: { entryToken: 'a.b.c', receipt: { offset: 41 }, state: 'PENDING', pollAfterMs: 1_000 },
    });
    expect(api.messages).toEqual([{ concertId: 'c1', applicant: { userId: 'ann' } }]);
  });

  test('leaveQueue and claimAdmission accept the entry token, completeAdmission an expired admission token', async () => {
    const { data } = await send(
      'mutation { leaveQueue(concertId: "c1") { topic partition offset } claimAdmission(concertId: "c1") { admissionToken activeUntil } }',
      ann,
    );
    expect(data).toEqual({
      leaveQueue: receipt,
      claimAdmission: { admissionToken: 'd.e.f', activeUntil: '2025-12-01T11:00:12.345Z' },
    });
    const tokens = await JoseAdmissionTokens.with(admissionKeys);
    const expired = await tokens.sign({ userId: 'ann', concertId: 'c1', offset: 41, activeUntil: 1_000 });
    expect(await send('mutation { completeAdmission { offset } }', bearer(expired))).toEqual({
      data: { completeAdmission: { offset: 41 } },
    });
  });
});

describe('an unauthorized caller', () => {
  test.each([
    ['query { myEntry(concertId: "c1") { state } }'],
    ['mutation { leaveQueue(concertId: "c1") { offset } }'],
    ['mutation { claimAdmission(concertId: "c1") { activeUntil } }'],
  ])('is rejected: %s', async (query) => {
    expect(codes(await send(query))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await send(query, bearer('x')))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await send(query, bearer(ADMIN)))).toEqual(['FORBIDDEN']);
    expect(codes(await send(query, bearer(tokenOf('ann', 'c2'))))).toEqual(['FORBIDDEN']);
    expect(api.messages).toEqual([]);
  });

  test('cannot complete an admission with an entry token', async () => {
    expect(codes(await send('mutation { completeAdmission { offset } }', ann))).toEqual(['UNAUTHENTICATED']);
  });

  test('cannot request entry with ENTRY_AUTH=service', async () => {
    const shop = await TestApi.open({
      entryAuth: 'service',
      otherApi: graphqlModuleOptions({ production: true, liveStreamLimit: 10 }),
    });
    const enter = (input: string, headers = {}) =>
      send(`mutation { requestEntry(input: ${input}) { state } }`, headers, {}, shop);
    expect(codes(await enter('{ concertId: "c1", userId: "ann" }'))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await enter('{ concertId: "c1", userId: "ann" }', ann))).toEqual(['FORBIDDEN']);
    expect(codes(await enter('{ concertId: "c1" }', bearer(SERVICE)))).toEqual(['INVALID_REQUEST']);
    expect((await enter('{ concertId: "c1", phoneNumber: "010-1234-5678" }', bearer(SERVICE))).data).toEqual({
      requestEntry: { state: 'PENDING' },
    });
    await shop.close();
  });
});

describe('an error of a use case', () => {
  test.each(CODES)('has the code %s', async (code) => {
    api.results.set(RequestEntry, () => {
      throw new QueueError(code, 'the message', { retryAfterSeconds: 2 });
    });
    const response = await send('mutation { requestEntry(input: { concertId: "c1", userId: "ann" }) { state } }');
    expect(response).toEqual({
      data: null,
      errors: [
        {
          message: 'the message',
          path: ['requestEntry'],
          locations: [{ line: 1, column: 12 }],
          extensions: { code, retryAfterSeconds: 2 },
        },
      ],
    });
  });

  test('that is unexpected shows no internals', async () => {
    for (const unexpected of [new TypeError('secret of redis://inside'), 'a thrown text', undefined]) {
      api.results.set(GetQueue, () => {
        throw unexpected;
      });
      const response = await send('{ queue(concertId: "c1") { state } }');
      expect([codes(response), response.data]).toEqual([['INTERNAL'], { queue: null }]);
      expect(JSON.stringify(response)).not.toMatch(/secret|thrown/);
    }
  });
});

describe('over HTTP', () => {
  const post = (query: string, accept: string): Promise<Response> =>
    api.json('POST', '/graphql', { query }, { accept });

  test('application/graphql-response+json answers 400 when nothing was executed', async () => {
    for (const [query, status] of [
      ['{ queue(concertId: "c1") { state } }', 200],
      ['{ queue(concertId: "a b") { state } }', 200],
      ['mutation { leaveQueue(concertId: "c1") { offset } }', 200],
      ['{ nothing }', 400],
      ['{', 400],
    ] as const) {
      const response = await post(query, 'application/graphql-response+json, application/json;q=0.9');
      expect([query, response.statusCode]).toEqual([query, status]);
      expect(response.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
      expect((await post(query, 'application/json')).statusCode).toBe(200);
    }
  });

  test('responses must not be cached', async () => {
    const { headers } = await post('{ queue(concertId: "c1") { state } }', '*/*');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('executes the operation that operationName selects, also repeatedly', async () => {
    const query = 'query A { queue(concertId: "c1") { state } } query B { queue(concertId: "c1") { waiting } }';
    for (let round = 0; round < 5; round++)
      for (const [operationName, queue] of [
        ['A', { state: 'OPEN' }],
        ['B', { waiting: 12 }],
      ])
        expect((await api.json('POST', '/graphql', { query, operationName })).json()).toEqual({ data: { queue } });
    expect(codes((await api.json('POST', '/graphql', { query, operationName: 'C' })).json())).toEqual([
      'INVALID_REQUEST',
    ]);
  });
});

describe('the schema', () => {
  test('matches the committed file (else: npm run schemas:graphql)', () => {
    const file = new URL('schema.graphql', import.meta.url);
    const printed = `${printSchema(lexicographicSortSchema(api.app.get(GraphQLSchemaHost, { strict: false }).schema))}\n`;
    if (process.env['UPDATE_GRAPHQL_SCHEMA']) writeFileSync(file, printed);
    expect(printed).toBe(readFileSync(file, 'utf8'));
  });

  test('is open to introspection, except in production', async () => {
    expect((await send(getIntrospectionQuery())).data).toHaveProperty('__schema');
    const shop = await TestApi.open({ otherApi: graphqlModuleOptions({ production: true, liveStreamLimit: 10 }) });
    const response = await send(getIntrospectionQuery(), {}, {}, shop);
    expect([response.data, new Set(codes(response))]).toEqual([undefined, new Set(['INVALID_REQUEST'])]);
    expect(codes(await send('{ __type(name: "Entry") { name } }', {}, {}, shop))).toEqual(['INVALID_REQUEST']);
    expect((await send('{ __typename queue(concertId: "c1") { __typename } }', {}, {}, shop)).data).toEqual({
      __typename: 'Query',
      queue: { __typename: 'Queue' },
    });
    await shop.close();
  });
});
