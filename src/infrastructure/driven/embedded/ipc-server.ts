import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { QueueError } from '../../../application/errors.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { ipcAddress, receive, send } from './ipc-channel.ts';
import type { CallMessage, IpcCalls, ReplyMessage } from './ipc-protocol.ts';

/** Gives commands on this machine access to the log and the view of this process. */
export class IpcServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly directory: string,
    private readonly calls: IpcCalls,
  ) {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Replaces the socket of a former server. Requires the lock of the data directory. */
  async listen(): Promise<void> {
    const address = ipcAddress(this.directory);
    if (process.platform !== 'win32') rmSync(address, { force: true });
    this.#server.listen(address);
    await once(this.#server, 'listening');
    if (process.platform !== 'win32') chmodSync(address, 0o600);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the command has ended; its reply is dropped
    receive(socket, (message) => {
      const { id, call, args } = message as CallMessage; // written by ipc-client.ts
      void this.#execute(call, args).then((outcome) => send(socket, { id, ...outcome } satisfies ReplyMessage));
    });
  }

  async #execute(call: keyof IpcCalls, args: readonly unknown[]): Promise<{ value: unknown } | CallError> {
    try {
      if (!Object.hasOwn(this.calls, call)) throw new Error(`unknown call ${call}`);
      const method = this.calls[call] as (...args: readonly unknown[]) => Promise<unknown>; // the client typed the arguments
      return { value: await method(...args) };
    } catch (error) {
      return {
        code: error instanceof QueueError ? error.code : undefined,
        message: errorMessage(error),
      };
    }
  }
}

interface CallError {
  readonly code: string | undefined;
  readonly message: string;
}
