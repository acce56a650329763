import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** The kernel takes no longer address of a socket. */
const MAX_ADDRESS_BYTES = 100;
const LENGTH_BYTES = 4;

/** Where the server of a data directory listens for commands: its owner alone can reach it. */
export function ipcAddress(directory: string): string {
  const name = `concert-queue-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = join(resolve(directory), 'server.sock');
  return Buffer.byteLength(inside) <= MAX_ADDRESS_BYTES ? inside : join(tmpdir(), `${name}.sock`);
}

/** Sends a value as structured clone writes it: maps, bytes and undefined stay what they are. */
export function send(socket: Socket, message: unknown): void {
  const body = serialize(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
}

/** Gives every message that arrives whole. */
export function receive(socket: Socket, onMessage: (message: unknown) => void): void {
  let pieces: Buffer[] = [];
  let arrived = 0;
  let wanted = LENGTH_BYTES;
  let inBody = false;
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    arrived += piece.length;
    while (arrived >= wanted) {
      const all = Buffer.concat(pieces);
      const taken = all.subarray(0, wanted);
      pieces = [all.subarray(wanted)];
      arrived -= wanted;
      if (inBody) onMessage(deserialize(taken));
      wanted = inBody ? LENGTH_BYTES : taken.readUInt32BE();
      inBody = !inBody;
    }
  });
}
