import type { WebSocket } from 'ws';

const PING_MS = 15_000;

/** Pings every client. A client that has not answered before the next ping is gone, and its connection is ended. */
export class SocketHeartbeat {
  readonly #unanswered = new WeakSet<WebSocket>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly clients: ReadonlySet<WebSocket>) {}

  start(): void {
    this.#timer = setInterval(() => this.#ping(), PING_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Call for each new connection. */
  observe(socket: WebSocket): void {
    socket.on('pong', () => this.#unanswered.delete(socket));
  }

  #ping(): void {
    for (const socket of this.clients) {
      if (this.#unanswered.has(socket)) socket.terminate();
      this.#unanswered.add(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}
