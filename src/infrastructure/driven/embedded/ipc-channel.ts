import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** The kernel limits the path of a Unix socket to about 100 bytes. */
const MAX_ADDRESS_BYTES = 100;
const LENGTH_BYTES = 4;

/** Address at which the server of a data directory accepts commands. Only the owner of the directory can connect. */
export function ipcAddress(directory: string): string {
  const name = `concert-queue-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const path = join(resolve(directory), 'server.sock');
  return Buffer.byteLength(path) <= MAX_ADDRESS_BYTES ? path : join(tmpdir(), `${name}.sock`);
}

/** Sends a value with structured clone, which preserves maps, bytes and undefined. */
export function send(socket: Socket, message: unknown): void {
  const body = serialize(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
}

/** Calls `onMessage` for every complete message. */
export function receive(socket: Socket, onMessage: (message: unknown) => void): void {
  let chunks: Buffer[] = [];
  let received = 0;
  let needed = LENGTH_BYTES;
  let inBody = false;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    while (received >= needed) {
      const all = Buffer.concat(chunks);
      const part = all.subarray(0, needed);
      chunks = [all.subarray(needed)];
      received -= needed;
      if (inBody) onMessage(deserialize(part));
      needed = inBody ? LENGTH_BYTES : part.readUInt32BE();
      inBody = !inBody;
    }
  });
}
