import { beforeEach, describe, expect, test } from '@jest/globals';
import { PrometheusTelemetry } from './prometheus-telemetry.ts';

let telemetry: PrometheusTelemetry;
/** The samples of one metric. */
const samplesOf = async (name: string): Promise<readonly string[]> =>
  (await telemetry.registry.metrics()).split('\n').filter((line) => line.startsWith(name));

beforeEach(() => {
  telemetry = new PrometheusTelemetry();
});

describe('responses', () => {
  const NAME = 'concert_queue_requests_total';

  test('are counted by API, operation and code', async () => {
    telemetry.recordResponse('http', 'getQueue', undefined);
    telemetry.recordResponse('http', 'getQueue', 'CONCERT_NOT_FOUND');
    telemetry.recordResponse('graphql', 'getQueue', undefined);
    expect(await samplesOf(NAME)).toEqual([
      `${NAME}{api="http",operation="getQueue",code="OK"} 1`,
      `${NAME}{api="http",operation="getQueue",code="CONCERT_NOT_FOUND"} 1`,
      `${NAME}{api="graphql",operation="getQueue",code="OK"} 1`,
    ]);
    telemetry.recordResponse('http', 'getQueue', undefined);
    expect(await samplesOf(NAME)).toContain(`${NAME}{api="http",operation="getQueue",code="OK"} 2`);
  });

  test('with alert codes start at 0, and keep their count after a second registration', async () => {
    telemetry.registerOperation('http', 'getQueue');
    telemetry.recordResponse('http', 'getQueue', 'INTERNAL');
    telemetry.registerOperation('http', 'getQueue');
    expect(await samplesOf(NAME)).toEqual([
      `${NAME}{api="http",operation="getQueue",code="INTERNAL"} 1`,
      `${NAME}{api="http",operation="getQueue",code="OVERLOADED"} 0`,
    ]);
  });
});

describe('request durations', () => {
  const NAME = 'concert_queue_http_request_duration_seconds';
  const of = (route: string) => `{method="GET",route="${route}",status="200"}`;

  test.each([1, 255, 256, 257, 1_000])('are complete after %p requests', async (requests) => {
    for (let request = 0; request < requests; request += 1) telemetry.servedHttp('GET', '/a', 200, 0.5);
    telemetry.servedHttp('GET', '/b', 200, 0.002);
    for (let scrape = 0; scrape < 2; scrape += 1)
      expect(await samplesOf(NAME)).toEqual(
        expect.arrayContaining([
          `${NAME}_sum${of('/a')} ${requests / 2}`,
          `${NAME}_count${of('/a')} ${requests}`,
          `${NAME}_count${of('/b')} 1`,
        ]),
      );
    telemetry.servedHttp('GET', '/a', 200, 0.5);
    expect(await samplesOf(NAME)).toContain(`${NAME}_count${of('/a')} ${requests + 1}`);
  });

  test('are counted in their bucket', async () => {
    telemetry.servedHttp('GET', '/a', 200, 0.002);
    const buckets = await samplesOf(`${NAME}_bucket`);
    expect(buckets.filter((line) => line.endsWith(' 0'))).toEqual([
      `${NAME}_bucket{le="0.001",method="GET",route="/a",status="200"} 0`,
    ]);
    expect(buckets.at(-1)).toBe(`${NAME}_bucket{le="+Inf",method="GET",route="/a",status="200"} 1`);
  });
});
