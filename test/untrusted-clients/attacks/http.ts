/** HTTP without a valid token. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Target } from '../target.ts';

const JSON_POST = 'Host: x\r\nContent-Type: application/json\r\n';
const head = (line: string, headers = 'Host: x\r\n'): string => `${line} HTTP/1.1\r\n${headers}\r\n`;

/** Writes for as long as the server reads; a client that never reads what it is sent. */
async function stuff(target: Target, socket: Socket, piece: string): Promise<void> {
  socket.pause();
  while (!target.isOver && !socket.destroyed) {
    if (socket.writableLength < 1024 * 1024) {
      socket.write(piece);
      target.count('written', piece.length);
    }
    await sleep(socket.writableLength > 0 ? 5 : 0);
  }
}

/** Keeps `size` connections open, each treated by `begin` when it opens. */
async function hold(target: Target, size: number, begin: (socket: Socket) => void): Promise<void> {
  let open = 0;
  while (!target.isOver) {
    for (; open < size; open++) {
      const socket = target.open();
      socket.once('connect', () => begin(socket));
      socket.once('close', () => (open -= 1));
      socket.resume();
    }
    await sleep(50);
  }
}

export const HTTP_ATTACKS: Readonly<Record<string, Attack>> = {
  'unknown concerts': (target) =>
    target.flood(64, (index) => {
      const concertId = `unknown-${index}`.padEnd(64, '.');
      if (index % 3 === 0) return target.call(`/v1/concerts/${concertId}/queue`);
      if (index % 3 === 1) return target.post(`/v1/concerts/${concertId}/queue/entries`, '{"userId":"u"}');
      return target.post('/graphql', JSON.stringify({ query: `{ queue(concertId: "${concertId}") { state } }` }));
    }),
  'unknown paths and methods': (target) =>
    target.flood(64, (index) =>
      target.call(`/${'x'.repeat(index % 8_000)}${index}`, { method: index % 2 === 0 ? 'GET' : 'PROPFIND' }),
    ),
  'guessed tokens': (target) =>
    target.flood(64, (index) => target.call(target.entryPath, { headers: { authorization: `Bearer a.b.${index}` } })),
  'event streams with invalid tokens': (target) =>
    target.flood(64, (index) =>
      target.call(`${target.entryPath}/events`, { headers: { authorization: `Bearer a.b.${index}` } }),
    ),
  'pages and probes': (target) =>
    target.flood(32, (index) =>
      target.call(['/metrics', '/health/ready', '/health/live', '/openapi.json', '/docs/'][index % 5] ?? '/'),
    ),
  'deep and wide JSON': (target) => {
    const deep = `${'{"a":'.repeat(2_700)}1${'}'.repeat(2_700)}`;
    const wide = `{${Array.from({ length: 1_800 }, (_, key) => `"k${key}":1`).join()}}`;
    const million = `{${Array.from({ length: 1_000_000 }, (_, key) => `"${key}":1`).join()}}`;
    return target.flood(16, (index) =>
      target.post('/graphql', index % 50 === 0 ? million : index % 2 === 0 ? deep : wide),
    );
  },
  'bodies that never end': (target) =>
    hold(target, 100, (socket) => {
      socket.write(head('POST /graphql', `${JSON_POST}Transfer-Encoding: chunked\r\n`));
      const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
      const timer = setInterval(() => socket.writableLength < 100_000 && socket.write(chunk), 20);
      socket.once('close', () => clearInterval(timer));
    }),
  'tiny chunks': (target) =>
    hold(target, 50, (socket) => {
      socket.write(head('POST /graphql', `${JSON_POST}Transfer-Encoding: chunked\r\n`));
      const chunks = '1;extension=xxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n \r\n'.repeat(100);
      const timer = setInterval(() => socket.writableLength < 100_000 && socket.write(chunks), 20);
      socket.once('close', () => clearInterval(timer));
    }),
  'large headers and cookies': (target) =>
    target.flood(64, (index) =>
      target.call('/health/live', {
        headers: index % 2 === 0 ? { cookie: `a=${'x'.repeat(15_000)}` } : { cookie: 'a=1; '.repeat(2_900) },
      }),
    ),
  'many headers': (target) =>
    hold(target, 200, (socket) => {
      const headers = Array.from({ length: 1_500 }, (_, key) => `x-${key}: 1\r\n`).join('');
      socket.write(head('GET /health/live', `Host: x\r\n${headers}`));
      socket.once('data', () => socket.end());
    }),
  'pipelined requests that are never read': async (target) => {
    const requests = head('GET /openapi.json').repeat(50);
    await target.flood(100, () => stuff(target, target.open(), requests));
  },
  'pipelined requests with bodies': async (target) => {
    const body = '{"query":"{ queue(concertId: \\"x\\") { state } }"}';
    const requests = `${head('POST /graphql', `${JSON_POST}Content-Length: ${body.length}\r\n`)}${body}`.repeat(50);
    await target.flood(100, () => stuff(target, target.open(), requests));
  },
  'idle connections': (target) => hold(target, 1_500, () => undefined),
  'half of a request': (target) =>
    hold(target, 1_500, (socket) => void socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nX: ')),
  'half of a body': (target) =>
    hold(
      target,
      1_500,
      (socket) => void socket.write(`${head('POST /graphql', `${JSON_POST}Content-Length: 16000\r\n`)}{`),
    ),
  'connections that are reset': (target) =>
    target.flood(32, async () => {
      const socket = target.open();
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
      if (!socket.destroyed) socket.write(head('GET /health/live'), () => socket.resetAndDestroy());
      await new Promise((resolve) => (socket.destroyed ? resolve(undefined) : socket.once('close', resolve)));
    }),
};
