/** WebSocket connections: without a valid token, and with the token of one user. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Target } from '../target.ts';

const TEXT = 0x1;
const CONTINUATION = 0x0;
const PING = 0x9;
const FINAL = 0x80;

/** A masked frame (RFC 6455, section 5.2); `mask` zero leaves the payload as it is. */
function frame(opcode: number, payload: string | Buffer): Buffer {
  const data = Buffer.from(payload);
  const length =
    data.length < 126
      ? Buffer.from([0x80 | data.length])
      : Buffer.from([0x80 | 126, data.length >> 8, data.length & 0xff]);
  return Buffer.concat([Buffer.from([opcode]), length, Buffer.alloc(4), data]);
}

/** Opens a WebSocket by hand, so that the client decides whether to read. Undefined: rejected. */
async function upgrade(target: Target, headers = ''): Promise<Socket | undefined> {
  const socket = target.open();
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: ${key}\r\n${headers}\r\n`,
  );
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(data.toString('latin1')));
    socket.once('close', () => resolve(''));
  });
  const status = answer.slice(9, 12) || 'broken';
  target.count(status);
  if (status === '101') return socket;
  socket.destroy();
  await sleep(20);
  return undefined;
}

/**
 * Sends the frames again and again on `parallel` connections, and never reads. A connection is replaced when the server has reset it.
 */
async function send(target: Target, parallel: number, headers: string, begin: Buffer, frames: Buffer): Promise<void> {
  await target.flood(parallel, async () => {
    const socket = await upgrade(target, headers);
    if (!socket) return;
    socket.pause();
    if (begin.length > 0) socket.write(begin);
    while (!target.isOver && !socket.destroyed) {
      if (socket.writableLength < 1024 * 1024) {
        socket.write(frames);
        target.count('written', frames.length);
      }
      await sleep(5);
    }
    socket.destroy();
  });
}

const subscribe = (id: string, concertId: string, fields: number): Buffer =>
  frame(
    FINAL | TEXT,
    JSON.stringify({
      id,
      type: 'subscribe',
      payload: {
        query: `subscription { ${Array.from({ length: fields }, (_, index) => `a${index}: myEntryChanged(concertId: "${concertId}") { state }`).join(' ')} }`,
      },
    }),
  );
const init = (params: object): Buffer =>
  frame(FINAL | TEXT, JSON.stringify({ type: 'connection_init', payload: params }));
const NOTHING = Buffer.alloc(0);

export const WEBSOCKET_ATTACKS: Readonly<Record<string, Attack>> = {
  'pings that are never read': (target) =>
    send(
      target,
      20,
      '',
      NOTHING,
      Buffer.concat(Array.from({ length: 200 }, () => frame(FINAL | PING, randomBytes(125)))),
    ),
  'subscriptions without a token': (target) =>
    send(target, 20, '', init({}), Buffer.concat(Array.from({ length: 10 }, (_, id) => subscribe(`${id}`, 'c', 250)))),
  'subscriptions with an invalid token': (target) =>
    send(
      target,
      20,
      '',
      init({ authorization: 'Bearer a.b.c' }),
      Buffer.concat(Array.from({ length: 10 }, (_, id) => subscribe(`${id}`, 'c', 250))),
    ),
  'messages in fragments': (target) =>
    send(
      target,
      20,
      '',
      NOTHING,
      Buffer.concat([frame(TEXT, '{'), ...Array.from({ length: 2_000 }, () => frame(CONTINUATION, ' '))]),
    ),
  'messages too large': (target) => send(target, 20, '', NOTHING, frame(FINAL | TEXT, 'x'.repeat(60_000))),
  'silent connections': async (target) => {
    await target.flood(200, async () => {
      const socket = await upgrade(target);
      if (!socket) return;
      socket.resume();
      while (!target.isOver && !socket.destroyed) await sleep(50);
    });
  },
  'pings of a user': (target) =>
    send(
      target,
      20,
      `Authorization: ${target.authorized.authorization}\r\n`,
      NOTHING,
      Buffer.concat(Array.from({ length: 200 }, () => frame(FINAL | PING, randomBytes(125)))),
    ),
  'subscriptions of a user': (target) =>
    send(
      target,
      20,
      '',
      init(target.authorized),
      Buffer.concat(
        Array.from({ length: 10 }, (_, id) =>
          subscribe(randomBytes(4).toString('hex') + id, target.order.concertId, 1),
        ),
      ),
    ),
  'invalid subscriptions of a user': (target) =>
    send(
      target,
      20,
      '',
      init(target.authorized),
      Buffer.concat(Array.from({ length: 10 }, (_, id) => subscribe(`${id}`, target.order.concertId, 250))),
    ),
};
