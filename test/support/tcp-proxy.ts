/** A network that can be bad on purpose, between clients and one port of this machine. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Looks at the first bytes of what a client sends; for the wanted request, answers how to know its response. */
export type WantedRequest = (request: Buffer) => ((response: Buffer) => boolean) | undefined;

/** A piece of traffic that stands before the gate; what comes after it on its connection waits behind it. */
export interface HeldMessage {
  /** Lets it, and what waits behind it, go on. */
  pass(): void;
  /** Ends its connection on both sides; it never arrives. */
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
  /** Where new connections lead. */
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

  /** Ends every connection the hard way (RST); new ones are welcome. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
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

  /** Holds the next wanted request before it is passed on: nobody has received it yet. */
  holdRequest(wanted: WantedRequest): Promise<HeldMessage> {
    return new Promise((onHeld) => (this.#trap = { wanted, at: 'request', onHeld }));
  }

  /** Lets the next wanted request through and holds the response to it: it was done, and who asked does not know. */
  holdResponse(wanted: WantedRequest): Promise<HeldMessage> {
    return new Promise((onHeld) => (this.#trap = { wanted, at: 'response', onHeld }));
  }

  /** Catches nothing (more) until it is told to. */
  disarm(): void {
    this.#trap = undefined;
  }

  /** Lets the next wanted request through and ends its connection in place of the response. Resolves when that is done. */
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

  /** Moves bytes one way; `caughtBy` sees each piece first. The end of one side, however it comes, is the end of both. */
  #carry(
    from: Socket,
    to: Socket,
    drop: () => void,
    caughtBy: (piece: Buffer) => Interception['onHeld'] | undefined,
  ): void {
    this.#sockets.add(from);
    let arrived: Promise<unknown> = Promise.resolve();
    from.on('data', (piece) => {
      const onHeld = caughtBy(piece);
      const late = this.#delayMs > 0 ? pause(this.#delayMs) : undefined;
      const passed = onHeld && new Promise<void>((pass) => onHeld({ pass, drop }));
      arrived = Promise.all([arrived, late, passed]).then(() => to.write(piece));
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

/** Kafka's Produce requests (API key 0), each response known by the request's correlation id; of any client, or of one. */
export function produceRequestOf(clientId?: string): WantedRequest {
  return (request) => {
    if (request.length < 14 || request.readInt16BE(4) !== 0) return undefined;
    const name = request.toString('utf8', 14, 14 + Math.max(0, request.readInt16BE(12)));
    if (clientId !== undefined && name !== clientId) return undefined;
    const correlation = request.readInt32BE(8);
    return (responses) => framesOf(responses).some((at) => responses.readInt32BE(at + 4) === correlation);
  };
}

/** Where the answers of a piece begin: under load several arrive at once. Each is its length, its correlation id, and the rest. */
function framesOf(piece: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at + 8 <= piece.length; at += 4 + Math.max(4, piece.readInt32BE(at))) found.push(at);
  return found;
}

export const produceRequest: WantedRequest = produceRequestOf();

/** Redis commands in which a text stands (the hash of a script, say); the next thing that is answered counts as the response. */
export function commandWith(text: string): WantedRequest {
  return (request) => (request.includes(text) ? () => true : undefined);
}
