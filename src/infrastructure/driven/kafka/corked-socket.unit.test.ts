import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { corkedSockets } from './corked-socket.ts';

test('what is written in one turn goes to the system at once, in order; a later turn by itself', async () => {
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
  await Promise.resolve(); // as between a request's promise and another's
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

/** kafkajs gives `null` where there is no TLS, though its types do not say so. */
const noTls = { ssl: null } as unknown as { ssl: object };
