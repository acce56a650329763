import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { openDescriptors } from './open-descriptors.ts';
import { testResources } from './test-resources.ts';

/** Accepts connections, and opens one to the port that a line on standard input names. */
const SERVER = `
  const net = require('node:net');
  const server = net.createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  process.stdin.on('data', (port) => net.connect(Number(port), '127.0.0.1').on('error', () => {}));
`;

describe('the descriptors of a server', () => {
  const resources = testResources();
  const child = resources.adopt(
    spawn(process.execPath, ['-e', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] }),
    (one) => void one.kill('SIGKILL'),
  );
  let port = 0;
  beforeAll(async () => {
    const [line] = await once(child.stdout, 'data');
    port = Number(line);
  });

  const now = () => openDescriptors(child.pid);
  const grownTo = (total: number) => eventually(() => now().total === total);
  function open(count: number): Promise<readonly Socket[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const socket = resources.adopt(connect({ port, host: '127.0.0.1' }), (one) => void one.destroy());
        await once(socket, 'connect');
        return socket;
      }),
    );
  }

  test('do not count as kept when clients open more connections to a suspended process', async () => {
    await open(33);
    const before = await eventually(() => now().total - now().kept === 33 && now());
    child.kill('SIGSTOP');
    await open(39); // the kernel accepts them
    child.kill('SIGCONT');
    await grownTo(before.total + 39);
    expect(now().kept).toBe(before.kept);
  });

  test('count as kept for a connection that the process opened itself', async () => {
    const before = now();
    const target = resources.use(createServer());
    await new Promise<void>((listening) => target.listen(0, '127.0.0.1', listening));
    target.on('connection', (socket) => resources.defer(() => void socket.destroy()));
    const address = target.address();
    child.stdin.write(`${typeof address === 'object' ? address?.port : ''}\n`);
    await grownTo(before.total + 1);
    expect(now().kept).toBe(before.kept + 1);
  });

  test('count as kept for a connection that the client closed and the process did not', async () => {
    const before = now();
    for (const socket of await open(3)) socket.end();
    await eventually(() => now().kept === before.kept + 3);
    expect(now().total).toBe(before.total + 3);
  });
});
