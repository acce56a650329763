import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const COOKIE = 'fan';
/** Headers that are forwarded, of requests and of responses. */
const REQUEST_HEADERS = ['authorization', 'if-none-match', 'last-event-id', 'accept'];
const RESPONSE_HEADERS = ['content-type', 'cache-control', 'etag', 'retry-after', 'location'];

/**
 * Forwards a request to the waiting room. The server, not the page, identifies the user of a request for entry: here by a
 * cookie with a pseudonym, in a real shop by its session.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  waitingRoom: string,
  serviceToken: string,
): Promise<void> {
  const aborted = new AbortController();
  response.once('close', () => aborted.abort());
  const isEntryRequest = request.method === 'POST' && request.url?.endsWith('/queue/entries') === true;
  const headers = new Headers(REQUEST_HEADERS.flatMap((name) => pair(name, request.headers[name])));
  const init: RequestInit = { method: request.method ?? 'GET', headers, signal: aborted.signal };
  if (isEntryRequest) {
    const userId = userIdOf(request) ?? randomUUID();
    response.setHeader('set-cookie', `${COOKIE}=${userId}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`);
    headers.set('content-type', 'application/json');
    if (serviceToken !== '') headers.set('authorization', `Bearer ${serviceToken}`);
    init.body = JSON.stringify({ userId });
  }
  try {
    const upstream = await fetch(new URL(request.url ?? '/', waitingRoom), init);
    response.writeHead(
      upstream.status,
      Object.fromEntries(RESPONSE_HEADERS.flatMap((name) => pair(name, upstream.headers.get(name)))),
    );
    response.flushHeaders(); // the first event of a stream may come much later
    await pipeline(upstream.body ? Readable.fromWeb(upstream.body as never) : Readable.from([]), response);
  } catch {
    // The waiting room is unavailable, or the client closed the connection.
    if (!response.headersSent) response.writeHead(502);
    response.end();
  }
}

function userIdOf({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{1,64})`).exec(headers.cookie ?? '')?.[1];
}

function pair(name: string, value: string | string[] | null | undefined): [string, string][] {
  return typeof value === 'string' ? [[name, value]] : [];
}
