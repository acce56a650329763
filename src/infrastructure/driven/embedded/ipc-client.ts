import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, FatalError, QueueError } from '../../../application/errors.ts';
import { ipcAddress, receive, send } from './ipc-channel.ts';
import type { CallMessage, IpcCalls, ReplyMessage } from './ipc-protocol.ts';

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Connects a command to the server that runs on the same data directory. */
export class IpcClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, PendingCall>();
  #next = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    receive(socket, (message) => this.#onReply(message as ReplyMessage)); // written by ipc-server.ts
    socket.on('close', () => this.#onClose());
    socket.on('error', () => socket.destroy()); // 'close' rejects the pending calls
  }

  /** @returns undefined if no server runs on the directory */
  static async connect(directory: string): Promise<IpcClient | undefined> {
    const socket = connect(ipcAddress(directory));
    try {
      await once(socket, 'connect');
      return new IpcClient(socket);
    } catch {
      return undefined; // no server listens, or it was killed
    }
  }

  /** @throws QueueError as thrown by the server; FatalError when the server ended before it replied */
  call<K extends keyof IpcCalls>(call: K, ...args: Parameters<IpcCalls[K]>): ReturnType<IpcCalls[K]> {
    const id = this.#next++;
    const reply = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    send(this.#socket, { id, call, args } satisfies CallMessage);
    return reply as ReturnType<IpcCalls[K]>; // the result of the server's method of this type
  }

  close(): void {
    this.#socket.destroy();
  }

  #onReply(reply: ReplyMessage): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('value' in reply) pending?.resolve(reply.value);
    else if (reply.code) pending?.reject(new QueueError(reply.code as ErrorCode, reply.message));
    else pending?.reject(new FatalError(`The server failed: ${reply.message}`));
  }

  #onClose(): void {
    for (const { reject } of this.#pending.values())
      reject(
        new FatalError('The server ended before it replied. The command may have taken effect; repeating it is safe.'),
      );
    this.#pending.clear();
  }
}

/** The error of a command that requires a running server. @param what the reason, as a clause */
export function noServerError(directory: string, what: string): QueueError {
  return new QueueError(
    'LOG_UNAVAILABLE',
    `No server runs on DATA_DIRECTORY ${directory}, and ${what}. Start one (npm start), then repeat the command.`,
  );
}
