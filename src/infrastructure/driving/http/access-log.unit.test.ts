import { afterEach, describe, expect, test } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer } from './http-samples.fixtures.ts';

type Line = readonly [level: string, message: unknown, context: unknown];
const openApis: TestApi[] = [];

async function openWithLog(logLevel: string): Promise<{ readonly api: TestApi; readonly lines: Line[] }> {
  const lines: Line[] = [];
  const write =
    (level: string) =>
    (message: unknown, ...rest: unknown[]) =>
      void lines.push([level, message, rest.at(-1)]);
  const logger: LoggerService = {
    log: write('log'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
  };
  const api = await TestApi.open({ logLevel });
  openApis.push(api);
  Logger.overrideLogger(logger);
  return { api, lines };
}
afterEach(async () => {
  Logger.overrideLogger(false);
  await Promise.all(openApis.splice(0).map((api) => api.close()));
});

describe('the access log', () => {
  test('logs changes by operators and no requests of users', async () => {
    const { api, lines } = await openWithLog('info');
    await api.call('GET', '/v1/concerts/c1/queue');
    await api.json('POST', '/v1/concerts/c1/queue/entries', { userId: 'ann' });
    await api.call('GET', '/v1/queues', { headers: bearer(ADMIN) });
    await api.call('DELETE', '/v1/concerts/c1/queue/entries/ann', { headers: bearer(ADMIN) });
    expect(lines).toEqual([
      [
        'log',
        {
          requestId: expect.any(String),
          method: 'DELETE',
          route: '/v1/concerts/:concertId/queue/entries/:userId',
          status: 202,
          ms: expect.any(Number),
          from: '127.0.0.1',
          operator: 'ADMIN_TOKEN',
        },
        'access',
      ],
    ]);
    expect(JSON.stringify(lines)).not.toContain('ann');
  });

  test('logs every request at debug level', async () => {
    const { api, lines } = await openWithLog('debug');
    await api.call('GET', '/v1/concerts/c1/queue');
    expect(lines).toEqual([['debug', expect.objectContaining({ method: 'GET', status: 200 }), 'access']]);
  });

  test('logs an internal error with its request id', async () => {
    const { api, lines } = await openWithLog('info');
    const error = new TypeError('inside');
    api.results.set(GetQueue, () => {
      throw error;
    });
    const response = await api.call('GET', '/v1/concerts/c1/queue');
    const requestId = response.headers['x-request-id'];
    expect(lines).toEqual([['error', expect.objectContaining({ err: error, requestId }), 'http']]);
  });
});
