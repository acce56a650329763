import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const COOKIE = 'fan';
/** What a caller may say to the waiting room, and hear from it. */
const SAID = ['authorization', 'if-none-match', 'last-event-id', 'accept'];
const HEARD = ['content-type', 'cache-control', 'etag', 'retry-after', 'location'];

/**
 * Hands a call on to the waiting room. Who asks for a place is known to the shop, not to the page: here by a cookie with a
 * pseudonym, in a real shop by its session.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  waitingRoom: string,
  serviceToken: string,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const asksForEntry = request.method === 'POST' && request.url?.endsWith('/queue/entries') === true;
  const headers = new Headers(SAID.flatMap((name) => pair(name, request.headers[name])));
  const init: RequestInit = { method: request.method ?? 'GET', headers, signal: gone.signal };
  if (asksForEntry) {
    const fan = fanOf(request) ?? randomUUID();
    response.setHeader('set-cookie', `${COOKIE}=${fan}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`);
    headers.set('content-type', 'application/json');
    if (serviceToken !== '') headers.set('authorization', `Bearer ${serviceToken}`);
    init.body = JSON.stringify({ userId: fan });
  }
  try {
    const answer = await fetch(new URL(request.url ?? '/', waitingRoom), init);
    response.writeHead(
      answer.status,
      Object.fromEntries(HEARD.flatMap((name) => pair(name, answer.headers.get(name)))),
    );
    response.flushHeaders(); // a stream may have nothing to say for a while
    await pipeline(answer.body ? Readable.fromWeb(answer.body as never) : Readable.from([]), response);
  } catch {
    // The waiting room is away, or the caller is: who still listens is told.
    if (!response.headersSent) response.writeHead(502);
    response.end();
  }
}

function fanOf({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{1,64})`).exec(headers.cookie ?? '')?.[1];
}

function pair(name: string, value: string | string[] | null | undefined): [string, string][] {
  return typeof value === 'string' ? [[name, value]] : [];
}
