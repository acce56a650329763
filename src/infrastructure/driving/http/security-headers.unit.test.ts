import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';

let door: TestApi;
beforeAll(async () => {
  door = await TestApi.open();
});
afterAll(() => door.close());
const headersOf = async (url: string) => (await door.call('GET', url)).headers;

test.each([
  '/health/live',
  '/v1/concerts/c1/queue',
  '/openapi.json',
  '/nothing',
  '/v1/queues',
  '/v1/concerts/%zz/queue',
])('what %s answers is data, and nothing else can be made of it', async (url) => {
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
  'the page %s loads and runs only what is served here',
  async (url) => {
    const headers = await headersOf(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src '(self|none)'/);
    expect(/script-src [^;]*/.exec(policy)?.[0]).not.toMatch(/unsafe|https?:|\*/);
    expect(headers['x-frame-options']).toBe('DENY');
  },
);

test('no answer names the software that gave it', async () => {
  for (const url of ['/health/live', '/nothing']) {
    const headers = await headersOf(url);
    expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
  }
});
