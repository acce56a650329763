import { createServer } from 'node:net';
import { StackError } from './settings.ts';

/** Throws StackError, naming port, component and the setting that changes it, when something else listens there. */
export async function requireFreePort(port: number, component: string, setting: string): Promise<void> {
  if (await isFree(port)) return;
  throw new StackError(
    `Port ${port} of ${component} is in use by another program. End that program, or choose another port: ${setting}=<port>.`,
  );
}

/** Ports of 127.0.0.1 that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await listen(port);
    await new Promise((closed) => server.close(closed));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}
