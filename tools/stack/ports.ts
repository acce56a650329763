import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { errorCode } from './error-code.ts';
import { StackError } from './settings.ts';

/** Throws StackError, naming port, component and the setting that changes it, when something else listens there. */
export async function requireFreePort(port: number, component: string, setting: string): Promise<void> {
  if (await isFree(port)) return;
  throw new StackError(
    `Port ${port} of ${component} is in use by another program. End that program, or choose another port: ${setting}=<port>.`,
  );
}

/**
 * Ports of 127.0.0.1 that were free a moment ago, all different. They lie below the range from which systems take the
 * ports of outgoing connections: a client that keeps knocking at a server that is down could else connect to itself.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries === 1_000) throw new StackError('No free ports between 20000 and 29999.');
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
