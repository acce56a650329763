import type { RawData, WebSocket } from 'ws';

/** Bytes that wait to be sent above which nothing more is read from the client. */
const PAUSE_ABOVE_BYTES = 16 * 1024;
/** Bytes that wait to be sent above which the connection is closed. */
const MAX_PENDING_BYTES = 256 * 1024;
/** Messages and pings: a client subscribes to a few entries and answers a ping every 15 s. */
const MESSAGES_PER_SECOND = 20;
const MAX_BURST = 60;
const POLICY_VIOLATION = 1008;

/** A WebSocket with back-pressure and a bound on what the client may send. Answers pings itself. */
export class GuardedSocket {
  #allowance = MAX_BURST;
  #refilledAt = performance.now();
  #onMessage: (text: string) => void = () => undefined;

  /** @param socket with `autoPong` off: an unbounded answer to a ping would escape the back-pressure */
  constructor(readonly socket: WebSocket) {
    socket.on('ping', (data) => this.#received(() => socket.pong(data, false, () => this.#flushed())));
    socket.on('pong', () => this.#received(() => undefined));
    socket.on('message', (data: RawData) => this.#received(() => this.#onMessage(textOf(data))));
  }

  onMessage(take: (text: string) => void): void {
    this.#onMessage = take;
  }

  /** Resolves when the text was handed to the operating system. A connection that fails is closed by its own error. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(text, () => {
        this.#flushed();
        resolve();
      });
      this.#check();
    });
  }

  #received(handle: () => void): void {
    if (!this.#spend()) {
      // The first excess message gets a reason. A client that goes on sending is cut off at the second.
      if (this.socket.readyState === this.socket.OPEN) this.socket.close(POLICY_VIOLATION, 'Too many messages');
      else this.socket.terminate();
      return;
    }
    handle();
    this.#check();
  }

  /** A token bucket: `MESSAGES_PER_SECOND`, at most `MAX_BURST` at once. */
  #spend(): boolean {
    const now = performance.now();
    const refill = ((now - this.#refilledAt) / 1000) * MESSAGES_PER_SECOND;
    this.#allowance = Math.min(MAX_BURST, this.#allowance + refill) - 1;
    this.#refilledAt = now;
    return this.#allowance >= 0;
  }

  #check(): void {
    const pending = this.socket.bufferedAmount;
    if (pending > MAX_PENDING_BYTES) this.socket.terminate();
    else if (pending > PAUSE_ABOVE_BYTES) this.socket.pause();
  }

  #flushed(): void {
    if (this.socket.isPaused && this.socket.bufferedAmount <= PAUSE_ABOVE_BYTES) this.socket.resume();
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
