import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestApi } from './http.fixtures.ts';

const QUEUE = '/v1/concerts/c1/queue';
const doors: Record<'none' | 'some' | 'any', TestApi | undefined> = {
  none: undefined,
  some: undefined,
  any: undefined,
};
const at = (which: keyof typeof doors): TestApi => {
  const door = doors[which];
  if (!door) throw new Error(`${which} is not open`);
  return door;
};
beforeAll(async () => {
  doors.none = await TestApi.open();
  doors.some = await TestApi.open({ corsOrigins: ['https://shop.example', 'https://fans.example'] });
  doors.any = await TestApi.open({ corsOrigins: ['*'] });
});
afterAll(() => Promise.all(Object.values(doors).map((door) => door?.close())));

const from = (origin: string) => at('some').call('GET', QUEUE, { headers: { origin } });

describe('pages of other origins', () => {
  test('are not let in unless set', async () => {
    const response = await at('none').call('GET', QUEUE, { headers: { origin: 'https://shop.example' } });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('are let in by name', async () => {
    const headers = (await from('https://fans.example')).headers;
    expect(headers['access-control-allow-origin']).toBe('https://fans.example');
    expect(String(headers['access-control-expose-headers'])).toContain('location');
    expect(headers['vary']).toContain('Origin');
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('may all be let in', async () => {
    const response = await at('any').call('GET', QUEUE, { headers: { origin: 'https://any.example' } });
    expect(response.headers['access-control-allow-origin']).toBe('*');
  });

  test('may read problems, too', async () => {
    const response = await at('some').call('GET', '/nothing', { headers: { origin: 'https://shop.example' } });
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([
      404,
      'https://shop.example',
    ]);
  });

  test('may ask first what they may do', async () => {
    const response = await at('some').call('OPTIONS', `${QUEUE}/entries/me`, {
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

  test('do not change what a wrong method is told', async () => {
    expect((await at('some').call('DELETE', QUEUE)).headers['allow']).toBe('GET, HEAD, PUT');
  });
});
