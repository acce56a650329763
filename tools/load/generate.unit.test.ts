import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './load.ts';
import { Latencies } from './observations.ts';
import type { LoadPlan, LoadSeen } from './plan.ts';

let server: Server | undefined;
afterEach(async () => {
  if (server) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

async function against(answer: Parameters<typeof createServer>[1], plan: Partial<LoadPlan>): Promise<LoadSeen> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const ask = { kind: 'entries', userPrefix: 'u', concertPrefix: 'c', concerts: 2 } as const;
  return run({ address: `http://127.0.0.1:${port}`, connections: 8, seconds: 0.6, ask, ...plan });
}

describe('the open loop', () => {
  test('sends as many as were due, to each concert in turn, and counts what was answered otherwise', async () => {
    const users: string[] = [];
    const seen = await against(
      (request, response) => {
        request.setEncoding('utf8').on('data', (body: string) => users.push(`${request.url} ${body}`));
        request.on('end', () => {
          const refused = users.length % 10 === 0;
          response.writeHead(refused ? 503 : 202, refused ? { 'retry-after': '1' } : {}).end('{"a":1}');
        });
      },
      { rate: 200, seconds: 0.5 },
    );
    expect(users).toHaveLength(100);
    expect(new Set(users).size).toBe(100);
    expect(users).toContain('/v1/concerts/c0/queue/entries {"userId":"u000000000"}');
    expect(users.filter((line) => line.startsWith('/v1/concerts/c1/queue/entries '))).toHaveLength(50);
    expect(seen).toMatchObject({
      answers: 100,
      refused: 10,
      retryAfter: 10,
      broken: 0,
      statuses: { 202: 90, 503: 10 },
    });
  });

  test('sends what is due just before its end to a server that has answered all the others', async () => {
    let [requested, broken] = [0, 0];
    for (let time = 0; time < 5; time++) {
      const seen = await against((_request, response) => response.writeHead(202).end(), { rate: 1501, seconds: 0.2 });
      requested += seen.answers;
      broken += seen.broken;
      server?.close();
    }
    expect({ requested, broken }).toEqual({ requested: 1500, broken: 0 });
  });

  test('lets each connection have its turn, so that none is idle until the server closes it', async () => {
    const requested = new Map<unknown, number>();
    await against(
      ({ socket }, response) => {
        requested.set(socket, (requested.get(socket) ?? 0) + 1);
        response.writeHead(202).end();
      },
      { rate: 160, seconds: 0.5 },
    );
    expect(requested.size).toBe(8);
    expect(Math.min(...requested.values())).toBeGreaterThan(5); // of 10: who is late with an answer misses a turn
  });

  test('counts the time for which a request that was due could not be sent', async () => {
    let held = false;
    const seen = await against(
      (_request, response) => {
        // The very first answer holds up its only connection for as long as thirty further requests become due.
        if (held) response.writeHead(202).end();
        else setTimeout(() => response.writeHead(202).end(), 150);
        held = true;
      },
      { connections: 1, rate: 200, seconds: 0.5 },
    );
    expect(seen.answers).toBe(100);
    expect(seen.p95).toBeGreaterThan(60);
  });

  test('opens again what the server has closed while nobody asked', async () => {
    const seen = await against(
      (request, response) => {
        response.writeHead(202).end();
        setTimeout(() => request.socket.end(), 5);
      },
      { connections: 3, rate: 20, seconds: 1 },
    );
    expect(seen).toMatchObject({ answers: 20, broken: 0 });
  });

  test('follows on, too, when the server closes what nobody asks on', async () => {
    const seen = await against(
      (request, response) => {
        const answer = request.method === 'GET' ? '{"state":"WAITING"}' : '{"entryToken":"t"}';
        const location = '/v1/concerts/c0/queue/entries/me';
        response
          .writeHead(request.method === 'GET' ? 200 : 202, { location, 'content-length': answer.length })
          .end(answer);
        setTimeout(() => request.socket.end(), 5);
      },
      { connections: 3, rate: 20, seconds: 1, followedPerSecond: 1000 },
    );
    expect(seen).toMatchObject({ answers: 20, broken: 0 });
    expect(seen.visible?.followed).toBeGreaterThan(10);
  });

  test('says what was never answered', async () => {
    let requested = 0;
    const seen = await against(
      (request, response) => {
        requested += 1;
        if (requested === 5) request.socket.destroy();
        else response.writeHead(202).end();
      },
      { rate: 200, seconds: 0.3 },
    );
    expect(seen).toMatchObject({ answers: 59, broken: 1 });
  });
});

test.each([
  ['open', { rate: 200 }],
  ['closed', { seconds: 1 }],
])('one concert may get a share of all, in the %s loop', async (_, loop) => {
  const requested = new Map<string, number>();
  await against(
    (request, response) => {
      requested.set(request.url ?? '', (requested.get(request.url ?? '') ?? 0) + 1);
      request.resume().on('end', () => response.writeHead(202, { 'content-length': 0 }).end());
    },
    { ...loop, ask: { kind: 'entries', userPrefix: 'u', concertPrefix: 'c', concerts: 3, hotShare: 0.7 } },
  );
  const all = [...requested.values()].reduce((sum, one) => sum + one, 0);
  const share = (index: number): number => (requested.get(`/v1/concerts/c${index}/queue/entries`) ?? 0) / all;
  expect(share(0)).toBeCloseTo(0.8, 1); // and its turns among the rest
  expect(share(1)).toBeCloseTo(0.1, 1);
  expect(share(2)).toBeCloseTo(0.1, 1);
});

test('a generator that fails says why, and not where it is installed', async () => {
  const ask = { kind: 'polls', tokensFile: '/nowhere/tokens' } as const;
  const failing = run({ address: 'http://127.0.0.1:1', connections: 1, seconds: 1, ask });
  await expect(failing).rejects.toThrow(/^generate\.ts: Error: ENOENT: .*nowhere.tokens/);
});

test('percentiles are those of what was added', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms);
  const { p50, p95, p99, p999, max } = latencies.summary();
  for (const [seen, wanted] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
    [p999, 999],
    [max, 1000],
  ] as const)
    expect(Math.abs(seen - wanted) / wanted).toBeLessThan(0.002);
});
