import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersOf, RESPONSE_HEADERS } from './headers.ts';

const QUEUE_DOCUMENT = /^\/v1\/concerts\/[^/?]+\/queue$/;
const SHARED_FOR_MS = 1_000;

interface Document {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Whether the response is the same for everybody. */
export function isSharedRead({ method, url = '' }: IncomingMessage): boolean {
  return method === 'GET' && QUEUE_DOCUMENT.test(url);
}

/** Reads each queue document at most once a second for all users, so that their number does not reach the limits of the API. */
export class SharedReads {
  readonly #waitingRoom: string;
  readonly #documents = new Map<string, Promise<Document>>();

  constructor(waitingRoom: string) {
    this.#waitingRoom = waitingRoom;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, headers, body } = await this.#read(request.url ?? '/');
      const etag = headers['etag'];
      if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
      else response.writeHead(status, headers).end(body);
    } catch {
      response.writeHead(502).end(); // the waiting room is unavailable
    }
  }

  #read(path: string): Promise<Document> {
    const known = this.#documents.get(path);
    if (known) return known;
    const document = this.#fetch(path);
    this.#documents.set(path, document);
    setTimeout(() => this.#documents.delete(path), SHARED_FOR_MS).unref();
    return document;
  }

  async #fetch(path: string): Promise<Document> {
    const upstream = await fetch(new URL(path, this.#waitingRoom));
    const headers = headersOf(RESPONSE_HEADERS, (name) => upstream.headers.get(name));
    return { status: upstream.status, headers, body: Buffer.from(await upstream.arrayBuffer()) };
  }
}
