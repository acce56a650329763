import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, FatalError, QueueError } from '../../../application/errors.ts';
import { ipcAddress, receive, send } from './ipc-channel.ts';
import type { CallMessage, IpcCalls, ReplyMessage } from './ipc-protocol.ts';

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A command's line to the server that runs on the same data directory. */
export class IpcClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, PendingCall>();
  #next = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    receive(socket, (message) => this.#onReply(message as ReplyMessage)); // written by control-server.ts
    socket.on('close', () => this.#onClose());
    socket.on('error', () => socket.destroy()); // told to whoever waits for an answer
  }

  /** undefined: no server runs there. */
  static async connect(directory: string): Promise<IpcClient | undefined> {
    const socket = connect(ipcAddress(directory));
    try {
      await once(socket, 'connect');
      return new IpcClient(socket);
    } catch {
      return undefined; // nobody listens, or what listened was killed
    }
  }

  /** @throws QueueError as the server told it; FatalError when the server ended before it answered */
  call<K extends keyof IpcCalls>(call: K, ...args: Parameters<IpcCalls[K]>): ReturnType<IpcCalls[K]> {
    const id = this.#next++;
    const answered = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    send(this.#socket, { id, call, args } satisfies CallMessage);
    return answered as ReturnType<IpcCalls[K]>; // what the server's own method gave
  }

  close(): void {
    this.#socket.destroy();
  }

  #onReply(answer: ReplyMessage): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('value' in answer) pending?.resolve(answer.value);
    else if (answer.code) pending?.reject(new QueueError(answer.code as ErrorCode, answer.message));
    else pending?.reject(new FatalError(`The server could not do it: ${answer.message}`));
  }

  #onClose(): void {
    for (const { reject } of this.#pending.values())
      reject(
        new FatalError('The server ended before it answered. What was asked may have been done; asking again is safe.'),
      );
    this.#pending.clear();
  }
}

/** For a command that cannot do without: says which setting decides where the server is looked for. */
export function noServerError(directory: string, what: string): QueueError {
  return new QueueError(
    'LOG_UNAVAILABLE',
    `No server runs on DATA_DIRECTORY ${directory}, and ${what}. Start one (npm start), then say it again.`,
  );
}
