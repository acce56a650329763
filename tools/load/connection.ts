/**
 * One keep-alive connection with one request at a time: the part of HTTP that a load generator needs, at a fraction of the cost of
 * a client library (about 20 µs of CPU a request, both system calls included).
 */
import { connect, type Socket } from 'node:net';

/** Responses are small; of a longer one, only the head and the last piece are kept. */
const BUFFER_BYTES = 16_384;

export interface Response {
  readonly status: number;
  /** Head and body. Valid until the next response. */
  readonly bytes: Buffer;
}

/** The entry token in the response to an accepted request for entry. */
export function entryTokenIn({ bytes }: Response): string {
  const [, token = ''] = /"entryToken":"([^"]+)"/.exec(bytes.toString('latin1')) ?? [];
  return token;
}

export class Connection {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #socket: Socket;
  #onResponse: ((response: Response | undefined) => void) | undefined;
  /** Bytes of the current response that have not arrived; undefined: its head is not complete. */
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

  /** False also when the server has closed it: many servers close connections that are idle for a few seconds. */
  get open(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** @param onResponse called with the response, or with undefined if the connection failed first */
  request(request: string, onResponse: (response: Response | undefined) => void): void {
    this.#onResponse = onResponse;
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
    const response = { status: statusOf(this.#buffer), bytes: this.#buffer.subarray(0, this.#filled) };
    this.#missing = undefined;
    this.#filled = 0;
    this.#settle(response);
  }

  #settle(response: Response | undefined): void {
    const onResponse = this.#onResponse;
    this.#onResponse = undefined;
    onResponse?.(response);
  }
}

function headBytes(buffer: Buffer, filled: number): number | undefined {
  const end = buffer.indexOf('\r\n\r\n', 0, 'latin1');
  return end < 0 || end + 4 > filled ? undefined : end + 4;
}

/** The status of `HTTP/1.1 202 …`. */
function statusOf(buffer: Buffer): number {
  return Number(buffer.toString('latin1', 9, 12));
}

/** 0 if the field is missing (304). */
function contentLength(buffer: Buffer, head: number): number {
  const text = buffer.toString('latin1', 0, head).toLowerCase();
  const at = text.indexOf('\r\ncontent-length:');
  return at < 0 ? 0 : Number(text.slice(at + 17, text.indexOf('\r', at + 17)));
}
