import { afterEach, describe, expect, test } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer } from './http-samples.fixtures.ts';

type Line = readonly [level: string, message: unknown, context: unknown];
const opened: TestApi[] = [];

async function logging(logLevel: string): Promise<{ readonly door: TestApi; readonly lines: Line[] }> {
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
  const door = await TestApi.open({ logLevel });
  opened.push(door);
  Logger.overrideLogger(logger);
  return { door, lines };
}
afterEach(async () => {
  Logger.overrideLogger(false);
  await Promise.all(opened.splice(0).map((door) => door.close()));
});

describe('the access log', () => {
  test('tells what operators did, and nothing of fans', async () => {
    const { door, lines } = await logging('info');
    await door.call('GET', '/v1/concerts/c1/queue');
    await door.json('POST', '/v1/concerts/c1/queue/entries', { userId: 'ann' });
    await door.call('GET', '/v1/queues', { headers: bearer(ADMIN) });
    await door.call('DELETE', '/v1/concerts/c1/queue/entries/ann', { headers: bearer(ADMIN) });
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

  test('tells of every request at debug', async () => {
    const { door, lines } = await logging('debug');
    await door.call('GET', '/v1/concerts/c1/queue');
    expect(lines).toEqual([['debug', expect.objectContaining({ method: 'GET', status: 200 }), 'access']]);
  });

  test('tells why a request failed here, and under which id', async () => {
    const { door, lines } = await logging('info');
    const error = new TypeError('inside');
    door.answers.set(GetQueue, () => {
      throw error;
    });
    const response = await door.call('GET', '/v1/concerts/c1/queue');
    const requestId = response.headers['x-request-id'];
    expect(lines).toEqual([['error', expect.objectContaining({ err: error, requestId }), 'http']]);
  });
});
