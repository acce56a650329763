import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, tokenOf } from './http-samples.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const ENTRIES = '/v1/concerts/c1/queue/entries';

const api = await TestApi.open();
afterEach(() => api.reset());
afterAll(() => api.close());

describe('an invalid id', () => {
  test.each(['a b', 'a/b', 'a:b', '{a}', 'ä', 'a\u0000', 'a\r\nb', 'x'.repeat(65), 'x'.repeat(3_000), '\u202e'])(
    'of a concert is rejected: %j',
    async (id) => {
      const detail = expectProblem(
        await api.call('GET', `/v1/concerts/${encodeURIComponent(id)}/queue`),
        'INVALID_REQUEST',
      );
      expect(detail.length).toBeLessThan(120);
      expect(api.messages).toEqual([]);
    },
  );

  test.each(['a b', 'ann@example.com', 'x'.repeat(129), '\u0000'])(
    'of a user in a path is rejected: %j',
    async (id) => {
      expectProblem(
        await api.call('DELETE', `${ENTRIES}/${encodeURIComponent(id)}`, { headers: bearer(ADMIN) }),
        'INVALID_REQUEST',
      );
    },
  );

  test.each(['me', '.', '..', '', 'a b', 'x'.repeat(129), 'ann\n', 7, null, ['ann'], { $ne: 'ann' }])(
    'of a user in a body is rejected: %j',
    async (userId) => {
      expect(expectProblem(await api.json('POST', ENTRIES, { userId }), 'INVALID_REQUEST')).toContain('body/userId');
      expect(api.messages).toEqual([]);
    },
  );
});

const bodyOf = (bytes: number): string => `{"userId":"ann"${' '.repeat(bytes - 16)}}`;

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
  ])('with the body %s is rejected', async (body, expected) => {
    const detail = expectProblem(await api.json('POST', ENTRIES, body), 'INVALID_REQUEST');
    expect(detail).toContain(expected);
    expect(detail.length).toBeLessThan(200);
    expect(api.messages).toEqual([]);
  });

  test('without a body is rejected', async () => {
    expect(expectProblem(await api.call('POST', ENTRIES), 'INVALID_REQUEST')).toContain('body');
  });

  test('over 16 KiB is rejected, and one of 16 KiB is accepted', async () => {
    expectProblem(await api.json('POST', ENTRIES, bodyOf(16_385)), 'PAYLOAD_TOO_LARGE');
    expect((await api.json('POST', ENTRIES, bodyOf(16_384))).statusCode).toBe(202);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'nonsense',
    '',
  ])('of the media type %j is rejected', async (type) => {
    const response = await api.call('POST', ENTRIES, {
      payload: '{"userId":"ann"}',
      headers: { 'content-type': type },
    });
    expectProblem(response, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('with a body without a media type is rejected', async () => {
    const headers = { 'content-length': '16' };
    expectProblem(
      await api.call('POST', ENTRIES, { payload: Buffer.from('{"userId":"ann"}'), headers }),
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  test('by phone number is rejected without the service token', async () => {
    expectProblem(await api.json('POST', ENTRIES, { phoneNumber: '010-1234-5678' }), 'FORBIDDEN');
    expect(api.messages).toEqual([]);
  });
});

describe('an invalid notice', () => {
  const NOTICE = '/v1/concerts/c1/queue/notice';
  const texts = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'text']));

  test.each<[string, unknown]>([
    ['body must have required property', {}],
    ['body/texts must be object', { texts: 'Delayed.' }],
    ['body/texts/en must be string', { texts: { en: 1 } }],
    ['body/texts/en must NOT have more than 1000 characters', { texts: { en: 'x'.repeat(1_001) } }],
    ['body/texts must NOT have more than 10 properties', { texts: texts(11) }],
    ['body must not have the property "until"', { texts: {}, until: 'tomorrow' }],
    ['valid JSON', '{"texts":{"__proto__":"x"}}'],
  ])('is rejected: %s', async (expected, body) => {
    const response = await api.json('PUT', NOTICE, body as object, bearer(ADMIN));
    expect(expectProblem(response, 'INVALID_REQUEST')).toContain(expected);
    expect(api.messages).toEqual([]);
  });

  test('over 128 KiB is rejected, and the largest valid one is accepted in any encoding', async () => {
    const escaped = '\\ud83c\\udfab'.repeat(1_000);
    const largest = `{"texts":{${Array.from({ length: 10 }, (_, n) => `"x-${n}":"${escaped}"`).join()}}}`;
    expect((await api.json('PUT', NOTICE, largest, bearer(ADMIN))).statusCode).toBe(200);
    const tooLarge = `{"texts":{}${' '.repeat(128 * 1024)}}`;
    expectProblem(await api.json('PUT', NOTICE, tooLarge, bearer(ADMIN)), 'PAYLOAD_TOO_LARGE');
  });

  test('is not read without the token of an operator', async () => {
    const tooLarge = `{"texts":{}${' '.repeat(128 * 1024)}}`;
    expectProblem(await api.json('PUT', NOTICE, tooLarge), 'UNAUTHENTICATED');
    expectProblem(await api.json('PUT', NOTICE, { texts: {} }, bearer(tokenOf('ann'))), 'FORBIDDEN');
    expect(api.messages).toEqual([]);
  });
});

describe('an invalid policy', () => {
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
    ['body/minimumBalance', { minimumBalance: 1_000_000_000_000_001 }],
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
  ])('is rejected with the detail %s', async (expected, change) => {
    const response = await api.json('PUT', '/v1/concerts/c1/queue', { ...policy, ...change }, bearer(ADMIN));
    expect(expectProblem(response, 'INVALID_REQUEST')).toContain(expected);
    expect(api.messages).toEqual([]);
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
  ])('is rejected for %s', async (query) => {
    expectProblem(await api.call('GET', `/v1/queues?${query}`, { headers: bearer(ADMIN) }), 'INVALID_REQUEST');
  });
});
