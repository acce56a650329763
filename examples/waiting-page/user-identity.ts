import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const COOKIE = 'fan';
const KEY = /^[\w-]{16,64}$/;

/**
 * The pseudonym of the user, which the server and not the page decides: here from a cookie, in a real shop from its session.
 * The page sends an `Idempotency-Key` that it has created before its first request. It names the user where cookies are blocked:
 * then a request that is repeated, because its response was lost, is still one user.
 */
export function userOf({ headers }: IncomingMessage): string {
  const key = headers['idempotency-key'];
  return userInCookie(headers.cookie) ?? (typeof key === 'string' && KEY.test(key) ? key : randomUUID());
}

/** Sets the cookie unless the browser has it. The first document does, so that it exists before any request for entry. */
export function identify(request: IncomingMessage, response: ServerResponse, user: string): void {
  if (userInCookie(request.headers.cookie) !== undefined) return;
  response.setHeader('set-cookie', `${COOKIE}=${user}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`);
}

function userInCookie(cookie = ''): string | undefined {
  return new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{1,64})`).exec(cookie)?.[1];
}
