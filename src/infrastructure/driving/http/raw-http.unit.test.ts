import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { TestApi } from './http.fixtures.ts';
import { receipt } from './http-samples.fixtures.ts';

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await TestApi.open();
  port = await listen(api);
});
afterAll(() => api.close());

async function listen({ app }: TestApi): Promise<number> {
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}

/** Sends the text as it is. @returns all data until the server closes the connection */
async function raw(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

describe('malformed HTTP is answered with a problem document', () => {
  test.each([
    ['a dot for a concert', get('/v1/concerts/./queue')],
    ['two dots for a concert', get('/v1/concerts/../queue')],
    ['encoded dots', get('/v1/concerts/%2e%2E/queue')],
    ['broken percent-encoding', get('/v1/concerts/%zz/queue')],
    ['percent-encoding that is no UTF-8', get('/v1/concerts/%ff/queue')],
    ['an encoded NUL', get('/v1/concerts/a%00b/queue')],
    ['a very long id', get(`/v1/concerts/${'a'.repeat(4_000)}/queue`)],
    ['a URL longer than all header fields may be', get(`/${'a'.repeat(20_000)}`)],
    ['header fields that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['a NUL in the path', get('/v1/\u0000')],
    ['an unknown method', 'FROB / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/concerts/c/queue/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    ],
  ])('%s', async (_, text) => {
    const answer = await raw(text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });
});

test('an incomplete request is answered after the timeout, and a connection without input is closed silently', async () => {
  const server = api.app.getHttpServer();
  const { headersTimeout, requestTimeout } = server;
  Object.assign(server, { headersTimeout: 100, requestTimeout: 100 });
  try {
    const [begun, withoutBody, silent] = await Promise.all([
      raw('GET /v1/concerts/c1/qu'),
      raw(
        'POST /v1/concerts/c1/queue/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n',
      ),
      raw(''),
    ]);
    for (const answer of [begun, withoutBody]) {
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"detail":"The request did not arrive in time."');
    }
    expect(silent).toBe('');
  } finally {
    Object.assign(server, { headersTimeout, requestTimeout });
  }
}, 15_000);

test('a shutdown answers the request in progress and closes idle connections', async () => {
  const closing = await TestApi.open();
  const closingPort = await listen(closing);
  const received = Promise.withResolvers<void>();
  const accepted = Promise.withResolvers<unknown>();
  closing.results.set(RequestEntry, () => {
    received.resolve();
    return accepted.promise;
  });
  const idle = connect(closingPort, '127.0.0.1');
  idle.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  idle.resume();
  const idleEnded = once(idle, 'close');

  const request = httpRequest({
    host: '127.0.0.1',
    port: closingPort,
    method: 'POST',
    path: '/v1/concerts/c1/queue/entries',
    headers: { 'content-type': 'application/json' },
  });
  const response = once(request, 'response');
  request.end('{"userId":"ann"}');
  await received.promise;

  const closed = closing.close();
  await idleEnded;
  accepted.resolve({ entryToken: 'a.b.c', receipt, state: 'PENDING', pollAfterMs: 1_000 });
  const [message] = await response;
  expect(message.statusCode).toBe(202);
  message.resume();
  await closed;
});
