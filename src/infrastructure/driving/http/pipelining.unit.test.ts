import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { handleInTurn } from './pipelining.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
let server: Server;
let client: Socket;
let received = '';
afterEach(() => {
  client.destroy();
  server.close();
});

/** Sends so many requests in one packet to a server that takes `maxWaiting`. */
async function pipeline(requests: number, handler: RequestListener, maxWaiting: number): Promise<void> {
  server = createServer(handler);
  handleInTurn(server, maxWaiting);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  client.on('error', () => undefined);
  received = '';
  client.setEncoding('latin1').on('data', (text: string) => (received += text));
  client.write(REQUEST.repeat(requests));
}

test('handles a request after the response of the one before it', async () => {
  let [active, most, handled] = [0, 0, 0];
  await pipeline(
    5,
    (_request, response) => {
      active += 1;
      most = Math.max(most, active);
      const body = `<${handled++}>`;
      setTimeout(() => {
        active -= 1;
        response.end(body);
      }, 5);
    },
    10,
  );
  await eventually(() => received.includes('<4>'));
  expect(received.match(/<\d>/g)).toEqual(['<0>', '<1>', '<2>', '<3>', '<4>']);
  expect(most).toBe(1);
});

test('closes a connection with more requests waiting, and reads nothing more of their packet', async () => {
  let [handled, seen] = [0, 0];
  await pipeline(1_000, () => (handled += 1), 10);
  server.prependListener('request', () => (seen += 1));
  await once(client, 'close');
  await sleep(20);
  expect(handled).toBe(1);
  expect(seen).toBe(12); // one in progress, ten waiting, and the one too many
});

test('goes on with the next packet on a connection that is kept alive', async () => {
  await pipeline(1, (_request, response) => response.end('done'), 0);
  for (let count = 1; count <= 3; count++) {
    await eventually(() => received.match(/done/g)?.length === count);
    client.write(REQUEST);
  }
  expect(client.destroyed).toBe(false);
});
