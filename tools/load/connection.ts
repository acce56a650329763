/**
 * One keep-alive connection that asks one thing at a time: HTTP as far as a load generator needs it, at a fraction of what a
 * client library costs (about 20 µs of CPU a request, both system calls included).
 */
import { connect, type Socket } from 'node:net';

/** Answers are small; a longer one is read on, and only its head is looked at. */
const BUFFER_BYTES = 16_384;

export interface Answer {
  readonly status: number;
  /** Head and, for the last piece of the answer, body. Valid until the next answer. */
  readonly bytes: Buffer;
}

/** Of an accepted request for entry. */
export function entryTokenIn({ bytes }: Answer): string {
  const [, token = ''] = /"entryToken":"([^"]+)"/.exec(bytes.toString('latin1')) ?? [];
  return token;
}

export class Connection {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #socket: Socket;
  #answered: ((answer: Answer | undefined) => void) | undefined;
  /** Bytes of the answer under way that are still to come; undefined: its head is not complete. */
  #missing: number | undefined;
  #filled = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static open({ hostname, port }: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
      const socket = connect({
        port: Number(port),
        host: hostname,
        noDelay: true,
        onread: {
          buffer,
          callback: (bytes) => {
            connection.#read(buffer, bytes);
            return true;
          },
        },
      });
      const connection = new Connection(socket);
      socket.once('error', reject);
      socket.once('connect', () => resolve(connection));
      socket.on('close', () => connection.#settle(undefined));
      socket.on('error', () => socket.destroy());
    });
  }

  /** False also when the server has closed it: many close what has been idle for a few seconds. */
  get open(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** @param answered told the answer, or undefined when the connection broke first */
  ask(request: string, answered: (answer: Answer | undefined) => void): void {
    this.#answered = answered;
    if (this.open) this.#socket.write(request, 'latin1');
    else this.#settle(undefined);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer, bytes: number): void {
    if (this.#missing !== undefined) {
      this.#missing -= bytes;
    } else {
      piece.copy(this.#buffer, this.#filled, 0, bytes);
      this.#filled += bytes;
      const head = headBytes(this.#buffer, this.#filled);
      if (head === undefined) return;
      this.#missing = head + contentLength(this.#buffer, head) - this.#filled;
    }
    if (this.#missing > 0) return;
    const answer = { status: statusOf(this.#buffer), bytes: this.#buffer.subarray(0, this.#filled) };
    this.#missing = undefined;
    this.#filled = 0;
    this.#settle(answer);
  }

  #settle(answer: Answer | undefined): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(answer);
  }
}

function headBytes(buffer: Buffer, filled: number): number | undefined {
  const end = buffer.indexOf('\r\n\r\n', 0, 'latin1');
  return end < 0 || end + 4 > filled ? undefined : end + 4;
}

/** Of `HTTP/1.1 202 …`. */
function statusOf(buffer: Buffer): number {
  return Number(buffer.toString('latin1', 9, 12));
}

/** 0 without such a field (304). */
function contentLength(buffer: Buffer, head: number): number {
  const text = buffer.toString('latin1', 0, head).toLowerCase();
  const at = text.indexOf('\r\ncontent-length:');
  return at < 0 ? 0 : Number(text.slice(at + 17, text.indexOf('\r', at + 17)));
}
