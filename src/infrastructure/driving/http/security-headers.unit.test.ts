import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open();
});
afterAll(() => api.close());
const headersOf = async (url: string) => (await api.call('GET', url)).headers;

test.each([
  '/health/live',
  '/v1/concerts/c1/queue',
  '/openapi.json',
  '/nothing',
  '/v1/queues',
  '/v1/concerts/%zz/queue',
])('%s is answered with headers for data', async (url) => {
  expect(await headersOf(url)).toMatchObject({
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test.each(['/docs/', '/console', '/console/app.js'])(
  'the page %s loads and runs only files of this server',
  async (url) => {
    const headers = await headersOf(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src '(self|none)'/);
    expect(/script-src [^;]*/.exec(policy)?.[0]).not.toMatch(/unsafe|https?:|\*/);
    expect(headers['x-frame-options']).toBe('DENY');
  },
);

test('no response names the server software', async () => {
  for (const url of ['/health/live', '/nothing']) {
    const headers = await headersOf(url);
    expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
  }
});
