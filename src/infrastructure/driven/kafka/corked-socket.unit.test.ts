import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { corkedSockets } from './corked-socket.ts';

test('sends the writes of one turn together and in order, and later ones separately', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const client = corkedSockets()({ host: '127.0.0.1', port, onConnect: () => undefined, ...noTls });
  const [socket] = await arrived;
  let text = '';
  const received = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      if (text.length === 9) resolve();
    });
  });

  client.write(Buffer.from('one'));
  await Promise.resolve(); // a microtask within the same turn
  client.write(Buffer.from('two'));
  expect(client.writableCorked).toBe(1);
  await new Promise(setImmediate);
  expect(client.writableCorked).toBe(0);
  client.write(Buffer.from('six'));
  await received;
  expect(text).toBe('onetwosix');

  client.destroy();
  socket.destroy();
  server.close();
  await once(server, 'close');
});

/** kafkajs passes `null` without TLS; its types omit that. */
const noTls = { ssl: null } as unknown as { ssl: object };
