import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './load.ts';
import { Latencies } from './observations.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

let server: Server | undefined;
afterEach(async () => {
  if (server) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

async function runAgainst(handler: Parameters<typeof createServer>[1], plan: Partial<LoadPlan>): Promise<LoadResult> {
  const listening = createServer(handler);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const workload = { kind: 'entries', userPrefix: 'u', concertPrefix: 'c', concerts: 2 } as const;
  return run({ address: `http://127.0.0.1:${port}`, connections: 8, seconds: 0.6, workload, ...plan });
}

describe('the open loop', () => {
  test('sends the requests that are due, for each concert in turn, and counts unexpected responses', async () => {
    const users: string[] = [];
    const result = await runAgainst(
      (request, response) => {
        request.setEncoding('utf8').on('data', (body: string) => users.push(`${request.url} ${body}`));
        request.on('end', () => {
          const overloaded = users.length % 10 === 0;
          response.writeHead(overloaded ? 503 : 202, overloaded ? { 'retry-after': '1' } : {}).end('{"a":1}');
        });
      },
      { rate: 200, seconds: 0.5 },
    );
    expect(users).toHaveLength(100);
    expect(new Set(users).size).toBe(100);
    expect(users).toContain('/v1/concerts/c0/queue/entries {"userId":"u000000000"}');
    expect(users.filter((line) => line.startsWith('/v1/concerts/c1/queue/entries '))).toHaveLength(50);
    expect(result).toMatchObject({
      responses: 100,
      unexpected: 10,
      retryAfter: 10,
      failed: 0,
      statuses: { 202: 90, 503: 10 },
    });
  });

  test('sends a request that is due just before the end, after all other responses', async () => {
    let [responses, failed] = [0, 0];
    for (let time = 0; time < 5; time++) {
      const result = await runAgainst((_request, response) => response.writeHead(202).end(), {
        rate: 1501,
        seconds: 0.2,
      });
      responses += result.responses;
      failed += result.failed;
      server?.close();
    }
    expect({ responses, failed }).toEqual({ responses: 1500, failed: 0 });
  });

  test('uses the connections in turn, so that none is idle until the server closes it', async () => {
    const requested = new Map<unknown, number>();
    await runAgainst(
      ({ socket }, response) => {
        requested.set(socket, (requested.get(socket) ?? 0) + 1);
        response.writeHead(202).end();
      },
      { rate: 160, seconds: 0.5 },
    );
    expect(requested.size).toBe(8);
    expect(Math.min(...requested.values())).toBeGreaterThan(5); // of 10: a connection whose response is late misses a turn
  });

  test('includes the time for which a due request could not be sent', async () => {
    let delayed = false;
    const result = await runAgainst(
      (_request, response) => {
        // The first response delays the only connection while thirty more requests become due.
        if (delayed) response.writeHead(202).end();
        else setTimeout(() => response.writeHead(202).end(), 150);
        delayed = true;
      },
      { connections: 1, rate: 200, seconds: 0.5 },
    );
    expect(result.responses).toBe(100);
    expect(result.p95).toBeGreaterThan(60);
  });

  test('replaces connections that the server closed while they were idle', async () => {
    const result = await runAgainst(
      (request, response) => {
        response.writeHead(202).end();
        setTimeout(() => request.socket.end(), 5);
      },
      { connections: 3, rate: 20, seconds: 1 },
    );
    expect(result).toMatchObject({ responses: 20, failed: 0 });
  });

  test('continues to sample entries when the server closes idle connections', async () => {
    const result = await runAgainst(
      (request, response) => {
        const body = request.method === 'GET' ? '{"state":"WAITING"}' : '{"entryToken":"t"}';
        const location = '/v1/concerts/c0/queue/entries/me';
        response.writeHead(request.method === 'GET' ? 200 : 202, { location, 'content-length': body.length }).end(body);
        setTimeout(() => request.socket.end(), 5);
      },
      { connections: 3, rate: 20, seconds: 1, samplesPerSecond: 1000 },
    );
    expect(result).toMatchObject({ responses: 20, failed: 0 });
    expect(result.visible?.samples).toBeGreaterThan(10);
  });

  test('counts requests without a response', async () => {
    let requested = 0;
    const result = await runAgainst(
      (request, response) => {
        requested += 1;
        if (requested === 5) request.socket.destroy();
        else response.writeHead(202).end();
      },
      { rate: 200, seconds: 0.3 },
    );
    expect(result).toMatchObject({ responses: 59, failed: 1 });
  });
});

test.each([
  ['open', { rate: 200 }],
  ['closed', { seconds: 1 }],
])('sends a share of all requests to one concert, in the %s loop', async (_, loop) => {
  const requested = new Map<string, number>();
  await runAgainst(
    (request, response) => {
      requested.set(request.url ?? '', (requested.get(request.url ?? '') ?? 0) + 1);
      request.resume().on('end', () => response.writeHead(202, { 'content-length': 0 }).end());
    },
    { ...loop, workload: { kind: 'entries', userPrefix: 'u', concertPrefix: 'c', concerts: 3, hotShare: 0.7 } },
  );
  const all = [...requested.values()].reduce((sum, one) => sum + one, 0);
  const share = (index: number): number => (requested.get(`/v1/concerts/c${index}/queue/entries`) ?? 0) / all;
  expect(share(0)).toBeCloseTo(0.8, 1); // and its turns among the rest
  expect(share(1)).toBeCloseTo(0.1, 1);
  expect(share(2)).toBeCloseTo(0.1, 1);
});

test('reports why a generator failed, without the path of its installation', async () => {
  const workload = { kind: 'polls', tokensFile: '/nowhere/tokens' } as const;
  const failing = run({ address: 'http://127.0.0.1:1', connections: 1, seconds: 1, workload });
  await expect(failing).rejects.toThrow(/^generate\.ts: Error: ENOENT: .*nowhere.tokens/);
});

test('computes percentiles of the added latencies', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms);
  const { p50, p95, p99, p999, max } = latencies.summary();
  for (const [actual, expected] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
    [p999, 999],
    [max, 1000],
  ] as const)
    expect(Math.abs(actual - expected) / expected).toBeLessThan(0.002);
});
