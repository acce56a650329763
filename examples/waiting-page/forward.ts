import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { headersOf, REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.ts';
import { identify, userOf } from './user-identity.ts';

/** Forwards a request of one user to the waiting room, with the user's address and, for entry, the user's pseudonym. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  waitingRoom: string,
  serviceToken: string,
): Promise<void> {
  const aborted = new AbortController();
  response.once('close', () => aborted.abort());
  const isEntryRequest = request.method === 'POST' && request.url?.endsWith('/queue/entries') === true;
  const headers = new Headers(headersOf(REQUEST_HEADERS, (name) => request.headers[name]));
  headers.set('x-forwarded-for', addressesOf(request));
  const init: RequestInit = { method: request.method ?? 'GET', headers, signal: aborted.signal };
  if (isEntryRequest) {
    const userId = userOf(request);
    identify(request, response, userId);
    headers.set('content-type', 'application/json');
    if (serviceToken !== '') headers.set('authorization', `Bearer ${serviceToken}`);
    init.body = JSON.stringify({ userId });
  }
  try {
    const upstream = await fetch(new URL(request.url ?? '/', waitingRoom), init);
    response.writeHead(
      upstream.status,
      headersOf(RESPONSE_HEADERS, (name) => upstream.headers.get(name)),
    );
    response.flushHeaders(); // the first event of a stream may come much later
    await pipeline(upstream.body ? Readable.fromWeb(upstream.body as never) : Readable.from([]), response);
  } catch {
    // The waiting room is unavailable, or the client closed the connection.
    if (!response.headersSent) response.writeHead(502);
    response.end();
  }
}

/** The chain of proxies and, last, the sender: the waiting room reads it from the right, as far as TRUST_PROXY goes. */
function addressesOf({ headers, socket }: IncomingMessage): string {
  const earlier = headers['x-forwarded-for'];
  return [...(typeof earlier === 'string' ? [earlier] : []), socket.remoteAddress ?? 'unknown'].join(', ');
}
