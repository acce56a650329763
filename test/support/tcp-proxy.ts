/** A proxy in front of a local port that can cut, delay or hold its connections. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** For a wanted request of a client, returns a test that recognizes its response; undefined for others. */
export type WantedRequest = (request: Buffer) => ((response: Buffer) => boolean) | undefined;

/** A held message; later data of its connection waits behind it. */
export interface HeldMessage {
  /** Sends it and the data behind it. */
  pass(): void;
  /** Closes its connection on both sides; the message is lost. */
  drop(): void;
}

interface Interception {
  readonly wanted: WantedRequest;
  readonly at: 'request' | 'response';
  readonly onHeld: (caught: HeldMessage) => void;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Target of new connections. */
  targetPort: number;
  #refusing = false;
  #holding = false;
  #delayMs = 0;
  #trap: Interception | undefined;

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
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

  /** Ends every fault and delivers held data. */
  pass(): void {
    this.#refusing = this.#holding = false;
    this.#delayMs = 0;
    this.#trap = undefined;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Closes every connection, also new ones, until `pass`. */
  cut(): void {
    this.#refusing = true;
    this.#dropAll();
  }

  /** Resets every connection (RST); new ones are accepted. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Keeps connections open but holds all data, in both directions, until `pass`. */
  blackHole(): void {
    this.#holding = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** The same for the connections that are open now; new ones work. */
  blackHoleOpenConnections(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Delays all further data by this many milliseconds, in order; 0 ends the delay. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Holds the next wanted request: the server has not received it. */
  holdRequest(wanted: WantedRequest): Promise<HeldMessage> {
    return new Promise((onHeld) => (this.#trap = { wanted, at: 'request', onHeld }));
  }

  /** Passes the next wanted request and holds its response: the server has processed it, the client has no answer. */
  holdResponse(wanted: WantedRequest): Promise<HeldMessage> {
    return new Promise((onHeld) => (this.#trap = { wanted, at: 'response', onHeld }));
  }

  /** Cancels a pending hold. */
  disarm(): void {
    this.#trap = undefined;
  }

  /** Passes the next wanted request and closes its connection instead of sending the response. Resolves then. */
  async cutBeforeResponse(wanted: WantedRequest): Promise<void> {
    (await this.holdResponse(wanted)).drop();
  }

  async close(): Promise<void> {
    this.#dropAll();
    await new Promise((closed) => this.#server.close(closed));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(client: Socket): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const target = createConnection({ port: this.targetPort, host: '127.0.0.1' });
    const drop = (): void => {
      client.destroy();
      target.destroy();
    };
    let awaited: { readonly isIt: (response: Buffer) => boolean; readonly onHeld: Interception['onHeld'] } | undefined;
    this.#carry(client, target, drop, (request) => {
      const trap = this.#trap;
      const isIt = trap?.wanted(request);
      if (!trap || !isIt) return undefined;
      this.#trap = undefined;
      if (trap.at === 'request') return trap.onHeld;
      awaited = { isIt, onHeld: trap.onHeld };
      return undefined;
    });
    this.#carry(target, client, drop, (response) => {
      if (!awaited?.isIt(response)) return undefined;
      const { onHeld } = awaited;
      awaited = undefined;
      return onHeld;
    });
  }

  /** Copies data in one direction; `heldBy` may hold each chunk first. When one side closes, both close. */
  #carry(
    from: Socket,
    to: Socket,
    drop: () => void,
    heldBy: (chunk: Buffer) => Interception['onHeld'] | undefined,
  ): void {
    this.#sockets.add(from);
    let arrived: Promise<unknown> = Promise.resolve();
    from.on('data', (chunk) => {
      const onHeld = heldBy(chunk);
      const late = this.#delayMs > 0 ? pause(this.#delayMs) : undefined;
      const passed = onHeld && new Promise<void>((pass) => onHeld({ pass, drop }));
      arrived = Promise.all([arrived, late, passed]).then(() => to.write(chunk));
    });
    from.on('error', drop); // a reset is one of the simulated faults
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

/** Kafka's Produce requests (API key 0) of any client or of one; the response has the same correlation id. */
export function produceRequestOf(clientId?: string): WantedRequest {
  return (request) => {
    if (request.length < 14 || request.readInt16BE(4) !== 0) return undefined;
    const name = request.toString('utf8', 14, 14 + Math.max(0, request.readInt16BE(12)));
    if (clientId !== undefined && name !== clientId) return undefined;
    const correlation = request.readInt32BE(8);
    return (responses) => framesOf(responses).some((at) => responses.readInt32BE(at + 4) === correlation);
  };
}

/** Start positions of the responses in a chunk: under load several arrive together. Each is length, correlation id, body. */
function framesOf(chunk: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at + 8 <= chunk.length; at += 4 + Math.max(4, chunk.readInt32BE(at))) found.push(at);
  return found;
}

export const produceRequest: WantedRequest = produceRequestOf();

/** Redis commands that contain a text, such as the hash of a script; the next reply counts as the response. */
export function commandWith(text: string): WantedRequest {
  return (request) => (request.includes(text) ? () => true : undefined);
}
