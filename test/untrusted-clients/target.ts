/** What an attack knows of the server, and the means that attacks share. Runs in the attacker's own process. */
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Given to the attacker's process as JSON. */
export interface AttackOrder {
  readonly attack: string;
  readonly host: string;
  readonly port: number;
  readonly seconds: number;
  /** The loopback address of the attacker. */
  readonly from: string;
  /** A concert that exists. */
  readonly concertId: string;
  /** Credentials of one user; an attack without a valid token ignores them. */
  readonly entryToken: string;
  readonly otherEntryToken: string;
  readonly endedAdmissionToken: string;
}

/** How often each status, close code or event was seen. */
export type AttackCounts = Readonly<Record<string, number>>;

export interface CallOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export class Target {
  readonly order: AttackOrder;
  readonly #counts = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #until: number;
  readonly #agent: Agent;

  constructor(order: AttackOrder) {
    this.order = order;
    this.#until = performance.now() + order.seconds * 1000;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 64 });
  }

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }
  get counts(): AttackCounts {
    return Object.fromEntries(this.#counts);
  }
  get authorized(): { readonly authorization: string } {
    return { authorization: `Bearer ${this.order.entryToken}` };
  }
  get entryPath(): string {
    return `/v1/concerts/${this.order.concertId}/queue/entries/me`;
  }

  count(what: string | number, times = 1): void {
    this.#counts.set(`${what}`, (this.#counts.get(`${what}`) ?? 0) + times);
  }

  /** A raw connection; its end is counted. */
  open(): Socket {
    const { host, port, from } = this.order;
    const socket = connect({ host, port, localAddress: from });
    this.#sockets.add(socket);
    this.count('opened');
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.count('closed');
    });
    return socket;
  }

  /** One request; its status is counted, `broken` if there was none. */
  call(path: string, { method = 'GET', headers = {}, body }: CallOptions = {}): Promise<void> {
    const { host, port, from } = this.order;
    return new Promise((resolve) => {
      const end = (seen: string | number): void => {
        this.count(seen);
        resolve();
      };
      const options = { host, port, localAddress: from, agent: this.#agent, method, path, headers, timeout: 5_000 };
      const call = request(options, (response) => {
        response.resume().once('close', () => end(response.statusCode ?? 0));
      });
      call.once('timeout', () => call.destroy());
      call.once('error', () => end('broken'));
      call.end(body);
    });
  }

  post(path: string, body: string, headers: OutgoingHttpHeaders = {}): Promise<void> {
    return this.call(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  }

  /** Repeats the work in `parallel` loops until the time is over. */
  async flood(parallel: number, work: (index: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const loop = async (): Promise<void> => {
      while (!this.isOver) await work(next++);
    };
    await Promise.all(Array.from({ length: parallel }, loop));
  }

  async wait(): Promise<void> {
    await sleep(Math.max(0, this.#until - performance.now()));
  }

  end(): void {
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export type Attack = (target: Target) => Promise<void>;
