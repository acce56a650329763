import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, partition, tokenOf } from './http-samples.fixtures.ts';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open();
});
beforeEach(() => api.reset());
afterAll(() => api.close());

describe('getProjections', () => {
  test('returns the progress to operators', async () => {
    const response = await api.call('GET', '/v1/projections', { headers: bearer(ADMIN) });
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(response.json()).toEqual({ partitions: [{ ...partition, writtenAt: '2025-12-01T11:00:12.345Z' }] });
    expect(api.messages).toHaveLength(1);
  });

  test('rejects other callers', async () => {
    const statusFor = async (headers: Record<string, string>) =>
      (await api.call('GET', '/v1/projections', { headers })).statusCode;
    expect([await statusFor({}), await statusFor(bearer(tokenOf('ann')))]).toEqual([401, 403]);
    expect(api.messages).toEqual([]);
  });

  test('omits writtenAt and reason when they are absent', async () => {
    const { owner: _, writtenAt: __, reason: ___, ...rest } = partition;
    api.results.set(GetProjections, () => [{ ...rest, state: 'current' }]);
    const response = await api.call('GET', '/v1/projections', { headers: bearer(ADMIN) });
    expect(response.json()).toEqual({ partitions: [{ ...rest, state: 'current' }] });
  });
});

describe('the console', () => {
  test('is a page that loads only its own files', async () => {
    const page = await api.call('GET', '/console/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style|style="|\son\w+=/);
    expect((await api.call('GET', '/console/style.css')).statusCode).toBe(200);
  });

  test('redirects to the path with a slash', async () => {
    const response = await api.call('GET', '/console');
    expect([response.statusCode, response.headers['location']]).toEqual([301, '/console/']);
  });

  test.each(['/console/none.js', '/console/tsconfig.json', '/console/main.ts', '/console/%2e%2e/auth.hooks.ts'])(
    'answers %s with NOT_FOUND',
    async (path) => {
      const response = await api.call('GET', path);
      expect([response.statusCode, response.headers['content-type']]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
    },
  );
});
