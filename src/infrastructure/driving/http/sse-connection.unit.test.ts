import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { entry } from './http-samples.fixtures.ts';
import { SseConnection } from './sse-connection.ts';

let server: Server;
let client: Socket;
let out: ServerResponse;
let stream: SseConnection;

/** A client that has opened a stream and does not read it. */
beforeEach(async () => {
  const requested = new Promise<ServerResponse>((resolve) => {
    server = createServer((_, response) => resolve(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => undefined); // the server destroys it
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  out = await requested;
  stream = new SseConnection(out);
  stream.open({});
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends entries until the socket buffer is full, then 10,000 more. @returns the number sent */
async function flood(): Promise<number> {
  let count = 0;
  while (!out.writableNeedDrain) {
    for (let n = 0; n < 200 && !out.writableNeedDrain; n++) stream.send({ ...entry, projectedOffset: ++count });
    await new Promise(setImmediate);
  }
  for (let n = 0; n < 10_000; n++) stream.send({ ...entry, projectedOffset: ++count });
  return count;
}

test('keeps only the newest entry for a client that does not read', async () => {
  const last = await flood();
  expect(out.writableLength).toBeLessThan(2 * out.writableHighWaterMark);
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  client.resume();
  await eventually(() => text.includes(`id: ${last}\n`));
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(last - ids.length).toBeGreaterThan(9_000);
  stream.send({ ...entry, projectedOffset: last + 1 });
  await eventually(() => text.includes(`id: ${last + 1}\n`));
});

test('keeps only the newest state of the queue for a client that does not read', async () => {
  const last = await flood();
  for (let n = 0; n < 1_000; n++) stream.sendQueue({ state: n % 2 === 0 ? 'PAUSED' : 'OPEN' });
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  client.resume();
  await eventually(() => text.includes(`id: ${last}\n`) && text.includes('event: queue'));
  expect(text.match(/event: queue\ndata: .*/g)).toEqual(['event: queue\ndata: {"state":"OPEN"}']);
});

test('disconnects a client that has not read for 30 seconds', async () => {
  await flood();
  stream.heartbeat(performance.now() + 29_000);
  expect(out.destroyed).toBe(false);
  stream.heartbeat(performance.now() + 30_000);
  expect(out.destroyed).toBe(true);
});

test('sends a comment every 15 seconds to a client that reads', async () => {
  client.resume();
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  stream.send(entry);
  stream.heartbeat(performance.now() + 14_000);
  stream.heartbeat(performance.now() + 15_001);
  await eventually(() => text.includes(': heartbeat\n\n'));
  stream.heartbeat(performance.now() + 14_000);
  stream.end('stopping');
  await eventually(() => text.endsWith('0\r\n\r\n'));
  expect(text.match(/: heartbeat/g)).toHaveLength(1);
});

test('closes the connection of a client that does not read', async () => {
  await flood();
  const closed = new Promise((resolve) => out.once('close', resolve));
  stream.end('stopping');
  await closed;
  expect(out.destroyed).toBe(true);
});
