import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';

const QUEUE = '/v1/concerts/c1/queue';
const apis: Record<'none' | 'some' | 'any', TestApi | undefined> = {
  none: undefined,
  some: undefined,
  any: undefined,
};
const apiWith = (which: keyof typeof apis): TestApi => {
  const api = apis[which];
  if (!api) throw new Error(`the API with ${which} is not open`);
  return api;
};
beforeAll(async () => {
  apis.none = await TestApi.open();
  apis.some = await TestApi.open({ corsOrigins: ['https://shop.example', 'https://fans.example'] });
  apis.any = await TestApi.open({ corsOrigins: ['*'] });
});
afterAll(() => Promise.all(Object.values(apis).map((api) => api?.close())));

const from = (origin: string) => apiWith('some').call('GET', QUEUE, { headers: { origin } });

describe('CORS', () => {
  test('allows no other origin by default', async () => {
    const response = await apiWith('none').call('GET', QUEUE, { headers: { origin: 'https://shop.example' } });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('allows the configured origins', async () => {
    const headers = (await from('https://fans.example')).headers;
    expect(headers['access-control-allow-origin']).toBe('https://fans.example');
    expect(String(headers['access-control-expose-headers'])).toContain('location');
    expect(headers['vary']).toContain('Origin');
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('allows all origins with *', async () => {
    const response = await apiWith('any').call('GET', QUEUE, { headers: { origin: 'https://any.example' } });
    expect(response.headers['access-control-allow-origin']).toBe('*');
  });

  test('lets pages of allowed origins read problems', async () => {
    const response = await apiWith('some').call('GET', '/nothing', { headers: { origin: 'https://shop.example' } });
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([
      404,
      'https://shop.example',
    ]);
  });

  test('answers preflight requests', async () => {
    const response = await apiWith('some').call('OPTIONS', `${QUEUE}/entries/me`, {
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['access-control-allow-methods']).toContain('DELETE');
    expect(response.headers['access-control-allow-headers']).toContain('authorization');
  });

  test('does not change the Allow header of a wrong method', async () => {
    expect((await apiWith('some').call('DELETE', QUEUE)).headers['allow']).toBe('GET, HEAD, PUT');
  });
});
