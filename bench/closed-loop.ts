/**
 * The load generator for where wrk is not installed: keep-alive connections, each sending its next request when the last one is
 * answered. Run as a process of its own: `closed-loop.ts <JSON of Load>`; prints what it saw as one line of JSON.
 */
import { connect, type Socket } from 'node:net';
import type { Load } from './support/load.ts';

const load = JSON.parse(process.argv[2] ?? '') as Load;
const { hostname, port } = new URL(load.address);
const heads = Array.from(
  { length: load.concerts },
  (_, index) =>
    `POST /v1/concerts/${load.concertPrefix}${index}/queue/entries HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n`,
);
const latencies: number[] = [];
const seen = { refused: 0, broken: 0, sent: 0 };
const from = performance.now();
const until = from + load.seconds * 1000;

function run(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let sentAt = 0;
    let unread = '';
    const send = (): void => {
      sentAt = performance.now();
      if (sentAt >= until) {
        socket.destroy();
        return;
      }
      const body = `{"userId":"${load.userPrefix}${++seen.sent}"}`;
      socket.write(`${heads[seen.sent % heads.length]}Content-Length: ${body.length}\r\n\r\n${body}`);
    };
    socket.setEncoding('latin1').on('connect', send);
    socket.on('data', (piece: string) => {
      unread += piece;
      const head = unread.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(unread.slice(0, head))?.[1] ?? 0);
      if (unread.length < head + 4 + length) return;
      if (!unread.startsWith('HTTP/1.1 202')) seen.refused++;
      latencies.push(performance.now() - sentAt);
      unread = '';
      send();
    });
    socket.on('error', () => seen.broken++);
    socket.on('close', resolve);
  });
}

await Promise.all(Array.from({ length: load.connections }, () => run(connect(Number(port), hostname))));
const sorted = Float64Array.from(latencies).toSorted();
const percentile = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
const seconds = (performance.now() - from) / 1000;
console.log(
  JSON.stringify({ ...seen, answers: latencies.length, seconds, p50: percentile(0.5), p99: percentile(0.99) }),
);
