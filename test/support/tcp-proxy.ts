/** A network that can be bad on purpose, between clients and one port of this machine. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Looks at the first bytes of what a client sends; for the wanted request, answers how to know its response. */
export type WantedRequest = (request: Buffer) => ((response: Buffer) => boolean) | undefined;

export class TcpProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #refusing = false;
  #holding = false;
  #delayMs = 0;
  #trap: { readonly wanted: WantedRequest; readonly sprung: () => void } | undefined;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#connect(client));
  }

  static async start(ports: { readonly port: number; readonly targetPort: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(ports.targetPort);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen({ port: ports.port, host: '127.0.0.1' }, resolve);
    });
    return proxy;
  }

  /** Everything flows again; what was held is delivered. */
  pass(): void {
    this.#refusing = this.#holding = false;
    this.#delayMs = 0;
    this.#trap = undefined;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Ends every connection, and each new one at once, until `pass`. */
  cut(): void {
    this.#refusing = true;
    this.#dropAll();
  }

  /** Connections stay open and nothing comes through, in either direction, until `pass` delivers it. */
  blackHole(): void {
    this.#holding = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** From now on everything arrives this many milliseconds later, in order; 0 ends it. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Lets the next wanted request through and ends its connection in place of the response. Resolves when that is done. */
  cutBeforeResponse(wanted: WantedRequest): Promise<void> {
    return new Promise((sprung) => (this.#trap = { wanted, sprung }));
  }

  async close(): Promise<void> {
    this.#dropAll();
    await new Promise((closed) => this.#server.close(closed));
  }

  #connect(client: Socket): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const target = createConnection({ port: this.#targetPort, host: '127.0.0.1' });
    const drop = (): void => {
      client.destroy();
      target.destroy();
    };
    let doomed: { readonly isIt: (response: Buffer) => boolean; readonly sprung: () => void } | undefined;
    this.#carry(client, target, drop, (request) => {
      const isIt = this.#trap?.wanted(request);
      if (isIt && this.#trap) {
        doomed = { isIt, sprung: this.#trap.sprung };
        this.#trap = undefined;
      }
      return true;
    });
    this.#carry(target, client, drop, (response) => {
      if (!doomed?.isIt(response)) return true;
      drop();
      doomed.sprung();
      return false;
    });
  }

  /** Moves bytes one way; `mayPass` sees each piece first. The end of one side, however it comes, is the end of both. */
  #carry(from: Socket, to: Socket, drop: () => void, mayPass: (piece: Buffer) => boolean): void {
    this.#sockets.add(from);
    let arrived: Promise<unknown> = Promise.resolve();
    from.on('data', (piece) => {
      if (!mayPass(piece)) return;
      const late = this.#delayMs > 0 ? pause(this.#delayMs) : undefined;
      arrived = Promise.all([arrived, late]).then(() => to.write(piece));
    });
    from.on('error', drop); // a reset is one of the faults this proxy is for
    from.on('close', () => {
      this.#sockets.delete(from);
      drop();
    });
    if (this.#holding) from.pause();
  }

  #dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Kafka's Produce requests (API key 0), each response known by the request's correlation id. */
export const produceRequest: WantedRequest = (request) => {
  if (request.length < 12 || request.readInt16BE(4) !== 0) return undefined;
  const correlation = request.readInt32BE(8);
  return (response) => response.length >= 8 && response.readInt32BE(4) === correlation;
};
