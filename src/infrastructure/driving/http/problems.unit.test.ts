import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { QueueError } from '../../../application/errors.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { problem } from './problem.fixtures.ts';
import { CODES } from './schemas/problem.ts';

const ENTRIES = '/v1/concerts/c1/queue/entries';

const door = await TestApi.open();
afterEach(() => door.reset());
afterAll(() => door.close());

describe('a path or method that is not there', () => {
  test.each([
    '/',
    '/v1',
    '/v1/concerts/c1',
    '/v1/concerts/c1/queue/',
    '/v1/concerts//queue/x',
    '/docs/nope.js',
    '/%E0%A4%A',
  ])('GET %s has a problem document', async (url) => {
    const response = await door.call('GET', url);
    expect(problem(response, url === '/%E0%A4%A' ? 'INVALID_REQUEST' : 'NOT_FOUND')).toBeTruthy();
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
  ])('%s %s names what is allowed', async (method, url, allow) => {
    const response = await door.call(method, url);
    problem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe(allow);
  });
});

describe('what a use case refuses', () => {
  test.each(CODES)('as %s becomes a problem document', async (code) => {
    door.answers.set(RequestEntry, () => {
      throw new QueueError(code, 'in these words');
    });
    const response = await door.json('POST', ENTRIES, { userId: 'ann' });
    expect(problem(response, code)).toBe('in these words');
    expect(response.headers['retry-after']).toBe([429, 503].includes(response.statusCode) ? '1' : undefined);
  });

  test('may say when to ask again', async () => {
    door.answers.set(RequestEntry, () => {
      throw new QueueError('OVERLOADED', 'later', { retryAfterSeconds: 2.1 });
    });
    expect((await door.json('POST', ENTRIES, { userId: 'ann' })).headers['retry-after']).toBe('3');
  });

  test('without having foreseen it tells nothing of the inside', async () => {
    for (const unforeseen of [
      new TypeError('secret of redis://inside'),
      'a thrown text',
      undefined,
      { statusCode: 500 },
    ]) {
      door.answers.set(GetQueue, () => {
        throw unforeseen;
      });
      const response = await door.call('GET', '/v1/concerts/c1/queue');
      problem(response, 'INTERNAL');
      expect(response.body).not.toContain('secret');
    }
  });
});

describe('a request id', () => {
  test("is the caller's own if it is harmless", async () => {
    const given = await door.call('GET', '/nothing', { headers: { 'x-request-id': 'abc-1' } });
    expect(given.headers['x-request-id']).toBe('abc-1');
    const refused = await door.call('GET', '/nothing', { headers: { 'x-request-id': 'a b;"' } });
    expect(refused.headers['x-request-id']).toMatch(/^[\w-]+$/);
  });
});
