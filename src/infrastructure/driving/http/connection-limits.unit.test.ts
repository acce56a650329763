import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { limitConnections } from './connection-limits.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function serverWith(limits: Parameters<typeof limitConnections>[1], isProxy = false): Promise<number> {
  const server = createServer();
  servers.push(server);
  limitConnections(server, limits, () => isProxy);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** How many of `count` idle connections stay open. */
async function openOf(port: number, count: number, expected: number): Promise<number> {
  const mine = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  for (const socket of mine) socket.on('error', () => undefined);
  sockets.push(...mine);
  const open = () => mine.filter((socket) => !socket.destroyed && !socket.closed).length;
  await eventually(() => open() === expected);
  return open();
}

test('keeps at most so many connections of one address, and takes more when some have closed', async () => {
  const port = await serverWith({ connectionLimitPerAddress: 3 });
  expect(await openOf(port, 10, 3)).toBe(3);
  for (const socket of sockets) socket.destroy();
  expect(await openOf(port, 2, 2)).toBe(2);
});

test('keeps at most so many connections in all', async () => {
  const port = await serverWith({ connectionLimit: 4 });
  expect(await openOf(port, 10, 4)).toBe(4);
});

test('does not count the connections of a trusted proxy by address', async () => {
  const port = await serverWith({ connectionLimitPerAddress: 1 }, true);
  expect(await openOf(port, 5, 5)).toBe(5);
});
