import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../../../test/support/eventually.ts';
import { GuardedSocket } from './guarded-socket.ts';

let http: Server;
let sockets: WebSocketServer;
let clients: WebSocket[];
beforeEach(async () => {
  http = createServer();
  sockets = new WebSocketServer({ server: http, autoPong: false });
  clients = [];
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});
afterEach(() => {
  for (const one of [...clients, ...sockets.clients]) one.terminate();
  sockets.close();
  http.close();
});

async function connected(): Promise<{ client: WebSocket; guarded: GuardedSocket; received: string[] }> {
  const received: string[] = [];
  const accepted = once(sockets, 'connection') as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  client.on('error', () => undefined);
  clients.push(client);
  const [socket] = await accepted;
  const guarded = new GuardedSocket(socket);
  guarded.onMessage((text) => received.push(text));
  await once(client, 'open');
  return { client, guarded, received };
}

/** The network socket below a client, to stop it from reading. */
function pauseReading(client: WebSocket): void {
  client.pause();
}

describe('a guarded socket', () => {
  test('passes messages on, answers pings with their payload, and sends', async () => {
    const { client, guarded, received } = await connected();
    const pong = once(client, 'pong') as Promise<[Buffer]>;
    client.send('hello');
    client.ping('payload');
    expect(String((await pong)[0])).toBe('payload');
    await eventually(() => received.length === 1);
    const message = once(client, 'message') as Promise<[Buffer]>;
    await guarded.send('welcome');
    expect(String((await message)[0])).toBe('welcome');
  });

  test('closes a client that sends more than its allowance, and cuts it off if it goes on', async () => {
    const { client, received } = await connected();
    const closed = once(client, 'close') as Promise<[number]>;
    for (let n = 0; n < 2_000; n++) if (client.readyState === client.OPEN) client.send('x');
    expect([1008, 1006]).toContain((await closed)[0]);
    expect(received.length).toBeLessThanOrEqual(70);
  });

  test('terminates a client that does not read, before more than a bound waits for it', async () => {
    const { client, guarded } = await connected();
    pauseReading(client);
    const closed = once(guarded.socket, 'close');
    const text = 'x'.repeat(64 * 1024);
    let largest = 0;
    for (let n = 0; n < 1_000 && guarded.socket.readyState === WebSocket.OPEN; n++) {
      void guarded.send(text);
      largest = Math.max(largest, guarded.socket.bufferedAmount);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
    expect(largest).toBeLessThan(256 * 1024 + 2 * text.length);
  });

  test('reads nothing more while answers wait, and goes on when the client reads', async () => {
    const { client, guarded, received } = await connected();
    pauseReading(client);
    const text = 'x'.repeat(8 * 1024);
    while (!guarded.socket.isPaused && guarded.socket.readyState === WebSocket.OPEN) {
      void guarded.send(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.send('while paused');
    expect(received).toEqual([]);
    client.resume();
    await eventually(() => received.length === 1);
    expect(guarded.socket.isPaused).toBe(false);
  });
});
