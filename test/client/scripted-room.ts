/** An HTTP server with scripted responses, for tests of the client. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Entry, Queue, QueueStatus } from '../../clients/typescript/src/index.ts';

type Handler = (response: ServerResponse, request: IncomingMessage, count: number) => void;

export class ScriptedRoom {
  /** `METHOD last-part-of-path` of every request, in order. */
  readonly calls: string[] = [];
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const key = `${request.method} ${request.url?.split('/').at(-1)}`;
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        this.calls.push(key);
        this.requests.push({ headers: request.headers, body });
        const handler = this.#handlers.get(key);
        if (handler) handler(response, request, this.times(key));
        else problem(response, 404, 'NOT_FOUND');
      });
    });
  }

  static async open(): Promise<ScriptedRoom> {
    const room = new ScriptedRoom();
    await new Promise<void>((listening) => room.#server.listen(0, '127.0.0.1', listening));
    return room;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  times(key: string): number {
    return this.calls.filter((request) => request === key).length;
  }
  /** Sets the handler of a request; `count` includes the current request. */
  on(key: string, handler: Handler): this {
    this.#handlers.set(key, handler);
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

export function json(response: ServerResponse, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function problem(response: ServerResponse, status: number, code: string, headers = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify({ type: 'urn:x', title: 'No', status, detail: `it is ${code}`, code }));
}

/** Starts an event stream; each event is sent immediately. */
export function stream(response: ServerResponse): {
  tell(entry: Entry, id?: string): void;
  tellQueue(queue: QueueStatus): void;
  end(): void;
} {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return {
    tell: (entry, id) => response.write(`event: entry\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(entry)}\n\n`),
    tellQueue: (queue) => response.write(`event: queue\ndata: ${JSON.stringify(queue)}\n\n`),
    end: () => response.end(),
  };
}

export const entryOf = (state: Entry['state'], rest: Partial<Entry> = {}): Entry => ({
  concertId: 'c1',
  userId: 'ann',
  state,
  receipt: { topic: 'queue.entry', partition: 0, offset: 41 },
  pollAfterMs: 2,
  projectedOffset: 50,
  ...rest,
});

export const queueOf = (rest: Partial<Queue> = {}): Queue => ({
  concertId: 'c1',
  state: 'OPEN',
  policy: { capacity: 1, admissionsPerMinute: 60, claimWindowSeconds: 60, activeWindowSeconds: 60 },
  registered: 0,
  waiting: 1,
  ready: 0,
  active: 0,
  admittedThrough: -1,
  admittedPerMinute: 0,
  projectedOffset: 50,
  projectedAt: '2026-12-01T11:00:00.000Z',
  ...rest,
});
