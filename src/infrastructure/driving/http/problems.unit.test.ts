import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { QueueError } from '../../../application/errors.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';
import { CODES } from './schemas/problem.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';

const api = await TestApi.open();
afterEach(() => api.reset());
afterAll(() => api.close());

describe('an unknown path or method', () => {
  test.each([
    '/',
    '/v1',
    '/v1/concerts/c1',
    '/v1/concerts/c1/queue/',
    '/v1/concerts//queue/x',
    '/docs/nope.js',
    '/%E0%A4%A',
  ])('GET %s is answered with a problem document', async (url) => {
    const response = await api.call('GET', url);
    expect(expectProblem(response, url === '/%E0%A4%A' ? 'INVALID_REQUEST' : 'NOT_FOUND')).toBeTruthy();
  });

  test.each([
    ['POST', '/v1/concerts/c1/queue', 'GET, HEAD, PUT'],
    ['DELETE', '/v1/concerts/c1/queue', 'GET, HEAD, PUT'],
    ['GET', ENTRIES, 'POST'],
    ['PUT', `${ENTRIES}/me`, 'DELETE, GET, HEAD'],
    ['GET', `${ENTRIES}/ann`, 'DELETE'],
    ['GET', '/v1/concerts/c1/queue/pause?x=1', 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['OPTIONS', '/v1/queues', 'GET, HEAD'],
    ['PROPFIND', '/v1/queues', 'GET, HEAD'],
    ['QUERY', '/v1/queues', 'GET, HEAD'],
  ])('%s %s lists the allowed methods', async (method, url, allow) => {
    const response = await api.call(method, url);
    expectProblem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe(allow);
  });
});

describe('an error of a use case', () => {
  test.each(CODES)('with the code %s becomes a problem document', async (code) => {
    api.results.set(RequestEntry, () => {
      throw new QueueError(code, 'the message');
    });
    const response = await api.json('POST', ENTRIES, { userId: 'ann' });
    expect(expectProblem(response, code)).toBe('the message');
    expect(response.headers['retry-after']).toBe([429, 503].includes(response.statusCode) ? '1' : undefined);
  });

  test('sets Retry-After', async () => {
    api.results.set(RequestEntry, () => {
      throw new QueueError('OVERLOADED', 'later', { retryAfterSeconds: 2.1 });
    });
    expect((await api.json('POST', ENTRIES, { userId: 'ann' })).headers['retry-after']).toBe('3');
  });

  test('that is unexpected shows no internals', async () => {
    for (const unexpected of [
      new TypeError('secret of redis://inside'),
      'a thrown text',
      undefined,
      { statusCode: 500 },
    ]) {
      api.results.set(GetQueue, () => {
        throw unexpected;
      });
      const response = await api.call('GET', '/v1/concerts/c1/queue');
      expectProblem(response, 'INTERNAL');
      expect(response.body).not.toContain('secret');
    }
  });
});

describe('a request id', () => {
  test('is taken from the caller if it is safe to log', async () => {
    const accepted = await api.call('GET', '/nothing', { headers: { 'x-request-id': 'abc-1' } });
    expect(accepted.headers['x-request-id']).toBe('abc-1');
    const replaced = await api.call('GET', '/nothing', { headers: { 'x-request-id': 'a b;"' } });
    expect(replaced.headers['x-request-id']).toMatch(/^[\w-]+$/);
  });
});
