import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Response } from 'light-my-request';
import { RequestEntry } from '../../application/commands/request-entry.command.ts';
import { type ErrorCode, QueueError } from '../../application/errors.ts';
import { GetQueue } from '../../application/queries/get-queue.query.ts';
import { ADMIN, bearer, DoorUnderTest, entryTokens, SERVICE, tokenOf } from './door.suite.ts';
import { CODES, PROBLEMS } from './problem.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const ENTRIES = '/v1/concerts/c1/queue/entries';

let door: DoorUnderTest;
beforeAll(async () => {
  door = await DoorUnderTest.open();
});
afterEach(() => door.reset());
afterAll(() => door.close());

/** Asserts a whole problem document and gives its detail. */
function problem(response: Response, code: ErrorCode): string {
  const body: unknown = response.json();
  const { status, title } = PROBLEMS[code];
  expect(body).toEqual({
    type: `urn:concert-queue:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: expect.any(String),
    code,
  });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['x-request-id']).toEqual(expect.any(String));
  expect(response.body).not.toMatch(/\bat .*(\.ts|\.js|node:)|Error:/);
  return response.json().detail;
}

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
  ])('%s %s names what is allowed', async (method, url, allow) => {
    const response = await door.call(method, url);
    problem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe(allow);
  });
});

describe('an id that cannot be', () => {
  test.each(['a b', 'a/b', 'a:b', '{a}', 'ä', 'a\u0000', 'a\r\nb', 'x'.repeat(65), 'x'.repeat(3_000), '\u202e'])(
    'of a concert: %j',
    async (id) => {
      const detail = problem(await door.call('GET', `/v1/concerts/${encodeURIComponent(id)}/queue`), 'INVALID_REQUEST');
      expect(detail.length).toBeLessThan(120);
      expect(door.asked).toEqual([]);
    },
  );

  test.each(['a b', 'ann@example.com', 'x'.repeat(129), '\u0000'])('of a user in a path: %j', async (id) => {
    problem(
      await door.call('DELETE', `${ENTRIES}/${encodeURIComponent(id)}`, { headers: bearer(ADMIN) }),
      'INVALID_REQUEST',
    );
  });

  test.each(['me', '.', '..', '', 'a b', 'x'.repeat(129), 'ann\n', 7, null, ['ann'], { $ne: 'ann' }])(
    'of a user in a body: %j',
    async (userId) => {
      expect(problem(await door.json('POST', ENTRIES, { userId }), 'INVALID_REQUEST')).toContain('body/userId');
      expect(door.asked).toEqual([]);
    },
  );
});

const sized = (bytes: number): string => `{"userId":"ann"${' '.repeat(bytes - 16)}}`;

describe('a request for entry', () => {
  test.each([
    ['{}', 'body'],
    ['[]', 'body'],
    ['null', 'body'],
    ['"ann"', 'body'],
    ['7', 'body'],
    ['', 'body'],
    ['{"userId":"ann"', 'valid JSON'],
    ['{"userId":"ann"}}', 'valid JSON'],
    ['not json', 'valid JSON'],
    ['{"userId":"ann","admin":true}', 'admin'],
    ['{"userId":"ann","phoneNumber":"010-1234-5678"}', 'body'],
    ['{"userId":"ann","__proto__":{"a":1}}', 'valid JSON'],
    ['{"phoneNumber":"call me"}', 'body/phoneNumber'],
    [`{"${'x'.repeat(10_000)}":1}`, 'must not have the property'],
  ])('with the body %s is refused', async (body, naming) => {
    const detail = problem(await door.json('POST', ENTRIES, body), 'INVALID_REQUEST');
    expect(detail).toContain(naming);
    expect(detail.length).toBeLessThan(200);
    expect(door.asked).toEqual([]);
  });

  test('without any body is refused', async () => {
    expect(problem(await door.call('POST', ENTRIES), 'INVALID_REQUEST')).toContain('body');
  });

  test('over 16 KiB is refused, and one just below is read', async () => {
    problem(await door.json('POST', ENTRIES, sized(16_385)), 'PAYLOAD_TOO_LARGE');
    expect((await door.json('POST', ENTRIES, sized(16_384))).statusCode).toBe(202);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'nonsense',
    '',
  ])('of the media type %j is refused', async (type) => {
    const response = await door.call('POST', ENTRIES, {
      payload: '{"userId":"ann"}',
      headers: { 'content-type': type },
    });
    problem(response, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('with a body of no media type at all is refused', async () => {
    const headers = { 'content-length': '16' };
    problem(
      await door.call('POST', ENTRIES, { payload: Buffer.from('{"userId":"ann"}'), headers }),
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  test("by phone number is for the shop's own backend only", async () => {
    problem(await door.json('POST', ENTRIES, { phoneNumber: '010-1234-5678' }), 'FORBIDDEN');
    expect(door.asked).toEqual([]);
  });
});

describe('a policy', () => {
  test.each<[string, object]>([
    ['body/capacity', { capacity: 0 }],
    ['body/capacity', { capacity: 1_000_001 }],
    ['body/capacity', { capacity: 1.5 }],
    ['body/capacity', { capacity: '500' }],
    ['body/capacity', { capacity: null }],
    ['capacity', { capacity: undefined }],
    ['body/admissionsPerMinute', { admissionsPerMinute: 0 }],
    ['body/claimWindowSeconds', { claimWindowSeconds: 604_801 }],
    ['body/activeWindowSeconds', { activeWindowSeconds: -1 }],
    ['body/maximumWaiting', { maximumWaiting: 10_000_001 }],
    ['body/maximumWaiting', { maximumWaiting: null }],
    ['body/minimumBalance', { minimumBalance: -1 }],
    ['body/minimumBalance', { minimumBalance: 2 ** 53 }],
    ['body/outcomeRetentionSeconds', { outcomeRetentionSeconds: 2_592_001 }],
    ['body/beforeOpening must be one of reject, draw', { beforeOpening: 'lottery' }],
    ['body/beforeOpening must not be draw without', { beforeOpening: 'draw' }],
    ['body/opensAt', { opensAt: 1_764_586_800_000 }],
    ['body/opensAt', { opensAt: 'tomorrow' }],
    ['body/opensAt', { opensAt: '2026-02-30T00:00:00Z' }],
    ['body/opensAt', { opensAt: '2026-02-28T00:00:00' }],
    ['body/opensAt', { opensAt: '2026-02-28 00:00:00Z' }],
    ['body/opensAt', { opensAt: '2016-12-31T23:59:60Z' }],
    ['body/opensAt', { opensAt: '0000-01-01T00:00:00Z' }],
    ['must not have the property "price"', { price: 1 }],
  ])('is refused, and %s is named', async (naming, change) => {
    const response = await door.json('PUT', '/v1/concerts/c1/queue', { ...policy, ...change }, bearer(ADMIN));
    expect(problem(response, 'INVALID_REQUEST')).toContain(naming);
    expect(door.asked).toEqual([]);
  });
});

describe('a page of queues', () => {
  test.each([
    'limit=0',
    'limit=501',
    'limit=1.0',
    'limit=1e2',
    'limit=',
    'limit=1&limit=2',
    'cursor=',
    'page=2',
    `cursor=${'x'.repeat(201)}`,
  ])('is refused for %s', async (query) => {
    problem(await door.call('GET', `/v1/queues?${query}`, { headers: bearer(ADMIN) }), 'INVALID_REQUEST');
  });
});

const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.`;
const forged = `${tokenOf('ann').slice(0, -2)}xx`;

describe('the door of operators', () => {
  test.each<[string, string, object | undefined]>([
    ['PUT', '/v1/concerts/c1/queue', policy],
    ['POST', '/v1/concerts/c1/queue/pause', undefined],
    ['POST', '/v1/concerts/c1/queue/resume', undefined],
    ['POST', '/v1/concerts/c1/queue/close', undefined],
    ['GET', '/v1/queues', undefined],
    ['HEAD', '/v1/queues', undefined],
    ['DELETE', `${ENTRIES}/ann`, undefined],
    ['POST', `${ENTRIES}/ann/reinstate`, undefined],
  ])('%s %s is shut to strangers and fans', async (method, url, body) => {
    const call = (headers: Record<string, string>) =>
      body ? door.json(method, url, body, headers) : door.call(method, url, { headers });
    for (const token of ['wrong', `${ADMIN}x`, ADMIN.slice(1), forged, none])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call({})).headers['www-authenticate']).toBe('Bearer');
    expect((await call({ authorization: `Basic ${ADMIN}` })).statusCode).toBe(401);
    expect((await call({ authorization: ADMIN })).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann')))).statusCode).toBe(403);
    expect(door.asked).toEqual([]);
    expect((await call({ authorization: `bearer  ${ADMIN}` })).statusCode).toBeLessThan(300);
  });

  test('tells what is missing and what is not enough', async () => {
    problem(await door.call('GET', '/v1/queues'), 'UNAUTHENTICATED');
    problem(await door.call('GET', '/v1/queues', { headers: bearer(tokenOf('ann')) }), 'FORBIDDEN');
  });

  test('turns strangers away before it looks at what they brought', async () => {
    problem(await door.json('PUT', '/v1/concerts/c1/queue', 'not json'), 'UNAUTHENTICATED');
    problem(await door.json('PUT', '/v1/concerts/a%20b/queue', { nonsense: 'x'.repeat(20_000) }), 'UNAUTHENTICATED');
  });
});

describe('the door of an entry', () => {
  test.each(['GET', 'HEAD', 'DELETE'])('%s is open to the holder of its token only', async (method) => {
    const call = (headers: Record<string, string>) => door.call(method, `${ENTRIES}/me`, { headers });
    const old = entryTokens.sign({ userId: 'ann', concertId: 'c1', partition: 3, offset: 41 });
    for (const token of ['x', forged, none, 'a.b.c', `${old}.`, 'x'.repeat(5_000)])
      expect((await call(bearer(token))).statusCode).toBe(401);
    expect((await call({})).statusCode).toBe(401);
    expect((await call(bearer(tokenOf('ann', 'c2')))).statusCode).toBe(403);
    expect((await call(bearer(ADMIN))).statusCode).toBe(403);
    expect(door.asked).toEqual([]);
  });

  test('explains itself', async () => {
    problem(await door.call('GET', `${ENTRIES}/me`, { headers: bearer(forged) }), 'UNAUTHENTICATED');
    const other = await door.call('GET', `${ENTRIES}/me`, { headers: bearer(tokenOf('ann', 'c2')) });
    expect(problem(other, 'FORBIDDEN')).toContain('another concert');
  });
});

describe('with ENTRY_AUTH=service, the door of entry', () => {
  let shop: DoorUnderTest;
  beforeAll(async () => {
    shop = await DoorUnderTest.open({ entryAuth: 'service' });
  });
  afterAll(() => shop.close());
  const ask = (headers: Record<string, string>, body: unknown = { userId: 'ann' }) =>
    shop.json('POST', ENTRIES, body, headers);

  test('is open to the shop only', async () => {
    problem(await ask({}), 'UNAUTHENTICATED');
    problem(await ask(bearer('wrong')), 'UNAUTHENTICATED');
    problem(await ask(bearer(tokenOf('ann'))), 'FORBIDDEN');
    problem(await ask(bearer(ADMIN)), 'FORBIDDEN');
    expect(shop.asked).toEqual([]);
    expect((await ask(bearer(SERVICE))).statusCode).toBe(202);
    problem(await shop.call('GET', '/v1/queues', { headers: bearer(SERVICE) }), 'FORBIDDEN');
  });

  test('lets the shop name a phone number', async () => {
    shop.reset();
    expect((await ask(bearer(SERVICE), { phoneNumber: '010-1234-5678' })).statusCode).toBe(202);
    expect(shop.asked).toEqual([{ concertId: 'c1', applicant: { phoneNumber: '010-1234-5678' } }]);
    problem(await ask(bearer(SERVICE), {}), 'INVALID_REQUEST');
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
