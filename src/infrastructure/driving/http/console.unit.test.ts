import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, partition, tokenOf } from './http-samples.fixtures.ts';

let door: TestApi;
beforeAll(async () => {
  door = await TestApi.open();
});
beforeEach(() => door.reset());
afterAll(() => door.close());

describe('the status of the projection', () => {
  test('is told to operators', async () => {
    const response = await door.call('GET', '/v1/projections', { headers: bearer(ADMIN) });
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(response.json()).toEqual({ partitions: [{ ...partition, writtenAt: '2025-12-01T11:00:12.345Z' }] });
    expect(door.asked).toHaveLength(1);
  });

  test('and to nobody else', async () => {
    const statusFor = async (headers: Record<string, string>) =>
      (await door.call('GET', '/v1/projections', { headers })).statusCode;
    expect([await statusFor({}), await statusFor(bearer(tokenOf('ann')))]).toEqual([401, 403]);
    expect(door.asked).toEqual([]);
  });

  test('without an owner it has no time either', async () => {
    const { owner: _, writtenAt: __, reason: ___, ...rest } = partition;
    door.answers.set(GetProjections, () => [{ ...rest, state: 'current' }]);
    const response = await door.call('GET', '/v1/projections', { headers: bearer(ADMIN) });
    expect(response.json()).toEqual({ partitions: [{ ...rest, state: 'current' }] });
  });
});

describe('the console', () => {
  test('is a page that loads its own files alone', async () => {
    const page = await door.call('GET', '/console/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style|style="|\son\w+=/);
    expect((await door.call('GET', '/console/style.css')).statusCode).toBe(200);
  });

  test('is found without the slash', async () => {
    const response = await door.call('GET', '/console');
    expect([response.statusCode, response.headers['location']]).toEqual([301, '/console/']);
  });

  test.each(['/console/none.js', '/console/tsconfig.json', '/console/main.ts', '/console/%2e%2e/doors.ts'])(
    '%s is not there',
    async (path) => {
      const response = await door.call('GET', path);
      expect([response.statusCode, response.headers['content-type']]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
    },
  );
});
