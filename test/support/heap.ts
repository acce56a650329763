/** Heap usage of a server, read from its inspector. Start the server with `INSPECTED`. */
import { WebSocket } from 'ws';
import type { ServerProcess } from './server.ts';

export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Used heap bytes after a garbage collection. */
export async function heldBytes(server: ServerProcess): Promise<number> {
  const [, address] = /Debugger listening on (ws:\S+)/.exec(server.complaints) ?? [];
  if (address === undefined) throw new Error('the process cannot be inspected');
  const socket = new WebSocket(address);
  try {
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await ask(socket, 'HeapProfiler.collectGarbage');
    const { result } = await ask(socket, 'Runtime.getHeapUsage');
    return result.usedSize;
  } finally {
    socket.close();
  }
}

/** Supports one call at a time. */
function ask(socket: WebSocket, method: string): Promise<{ readonly result: { readonly usedSize: number } }> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error(`${method}: the inspector is gone`)));
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString())));
    socket.send(JSON.stringify({ id: 1, method }));
  });
}
