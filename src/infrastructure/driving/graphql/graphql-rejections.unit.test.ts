/** What is refused before anything is carried out. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TestApi } from '../http/http.fixtures.ts';
import { bearer, tokenOf } from '../http/http-samples.fixtures.ts';
import { expectProblem } from '../http/problem.fixtures.ts';
import { graphqlModuleOptions } from './graphql.module-options.ts';
import { codes, graphqlClient } from './graphql-request.fixtures.ts';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open({ otherApi: graphqlModuleOptions({ production: false, liveStreamLimit: 10 }) });
});
afterEach(() => api.reset());
afterAll(() => api.close());
const send = graphqlClient(() => api);

describe('a malformed request', () => {
  test.each([
    ['{ queue(concertId: "a b") { state } }', 'concertId'],
    ['mutation { requestEntry(input: { concertId: "c1", userId: "me" }) { state } }', 'userId'],
    ['mutation { requestEntry(input: { concertId: "c1", phoneNumber: "call me" }) { state } }', 'phoneNumber'],
    ['mutation { requestEntry(input: { concertId: "c1" }) { state } }', 'userId or phoneNumber'],
    ['mutation { requestEntry(input: { concertId: "c1", userId: "ann", admin: true }) { state } }', 'admin'],
    ['{ queue(concertId: "c1") { secret } }', 'secret'],
    ['{ queue { state } }', 'concertId'],
    ['{ queue(concertId: "c1") ', 'Syntax Error'],
    ['query ($id: ID!) { queue(concertId: $id) { state } }', '$id'],
    [JSON.stringify({ kind: 'Document', definitions: [] }), 'Syntax Error'],
    ['subscription { myEntryChanged(concertId: "c1") { state } }', 'WebSocket'],
  ])('%s is rejected with the cause', async (query, expected) => {
    const response = await send(query);
    expect(codes(response)).toEqual(['INVALID_REQUEST']);
    expect(response.errors?.[0]?.message).toContain(expected);
    expect(api.messages).toEqual([]);
  });

  test('is answered without suggestions', async () => {
    const response = await send('{ queue(concertId: "c1") { stat } }');
    expect(JSON.stringify(response)).not.toContain('Did you mean');
  });

  test.each<[unknown, string]>([
    [{}, 'body'],
    [{ query: 7 }, 'body/query'],
    [{ query: '' }, 'body/query'],
    [[{ query: '{ queue(concertId: "c1") { state } }' }], 'body'],
    ['not json', 'valid JSON'],
    [{ query: '{ queue(concertId: "c1") { state } }', variables: 'x' }, 'body/variables'],
  ])('with the HTTP body %j is answered with a problem document', async (body, expected) => {
    expect(expectProblem(await api.json('POST', '/graphql', body), 'INVALID_REQUEST')).toContain(expected);
  });

  test('with a wrong method, media type or size is answered with a problem document', async () => {
    const wrong = await api.call('GET', '/graphql?query=%7Bqueue%7D');
    expectProblem(wrong, 'METHOD_NOT_ALLOWED');
    expect(wrong.headers['allow']).toBe('POST');
    const headers = { 'content-type': 'application/graphql' };
    expectProblem(await api.call('POST', '/graphql', { payload: '{ a }', headers }), 'UNSUPPORTED_MEDIA_TYPE');
    expectProblem(await api.json('POST', '/graphql', { query: `{ ${'a '.repeat(10_000)} }` }), 'PAYLOAD_TOO_LARGE');
  });
});

describe('a request beyond the document limits', () => {
  const field = 'queue(concertId: "c1") { state }';
  const fragments = (levels: number) =>
    Array.from({ length: levels }, (_, level) => {
      const inner = level + 1 === levels ? 'state' : `...F${level + 1} ... { ...F${level + 1} }`;
      return `fragment F${level} on Queue { ${inner} }`;
    }).join(' ');

  test.each([
    ['aliases', `{ ${Array.from({ length: 11 }, (_, n) => `a${n}: ${field}`).join(' ')} }`, 'rootFields'],
    [
      'aliases deep down',
      `{ queue(concertId: "c1") { ${Array.from({ length: 21 }, (_, n) => `a${n}: state`).join(' ')} } }`,
      'aliases',
    ],
    ['fragments of fragments', `{ queue(concertId: "c1") { ...F0 } } ${fragments(20)}`, 'fields'],
    ['fields by fragments', `{ ${'...R '.repeat(30)} } fragment R on Query { ${field} }`, 'rootFields'],
    ['words', `{ ${`${field} `.repeat(200)} }`, 'tokens'],
  ])('is rejected: %s', async (_, query, expected) => {
    const response = await send(query);
    expect(new Set(codes(response))).toEqual(new Set(['INVALID_REQUEST']));
    expect(response.errors).toHaveLength(1);
    expect(response.errors?.[0]?.message).toContain(expected);
    expect(api.messages).toEqual([]);
  });

  test('is rejected: depth, also of unknown fields', async () => {
    const deep = `{ ${'receipt { '.repeat(300)} offset ${'}'.repeat(300)} }`;
    const response = await send(deep);
    expect(response.errors?.some(({ message }) => message.includes('depth must not be more than 6'))).toBe(true);
    expect(codes(await send('{a'.repeat(4_000)))).toEqual(['INVALID_REQUEST']);
  });

  test('is rejected: a fragment that spreads itself', async () => {
    const response = await send('{ queue(concertId: "c1") { ...A } } fragment A on Queue { state ...A }');
    expect(codes(response)).toEqual(['INVALID_REQUEST']);
  });
});

test('applies the request limits of the HTTP API', async () => {
  const otherApi = graphqlModuleOptions({ production: true, liveStreamLimit: 10 });
  const narrow = await TestApi.open({ otherApi, limits: { perUser: 1, acceptedPerSecond: 1 } });
  const enter = (userId: string) =>
    send(`mutation { requestEntry(input: { concertId: "c1", userId: "${userId}" }) { state } }`, {}, {}, narrow);
  const read = () => send('{ myEntry(concertId: "c1") { state } }', bearer(tokenOf('ann')), {}, narrow);
  expect(codes(await read())).toEqual([]);
  expect(codes(await read())).toEqual(['TOO_MANY_REQUESTS']);
  expect(codes(await enter('bo'))).toEqual([]);
  expect(codes(await enter('cy'))).toEqual(['OVERLOADED']);
  await narrow.close();
});
