import { isUserId } from '../../../application/event-log/identifiers.ts';
import type { ShopUser } from '../../../application/ports/eligibility.port.ts';

/** In characters; a valid response is far shorter. */
const MAX_RESPONSE_LENGTH = 16 * 1024;

/**
 * Parses `{"user": {"userId", "points"}}` or `{"user": null}`; ignores other members.
 *
 * An unknown user needs `null`: a 404 may also come from a wrong URL.
 * @throws Error for any other response, without its content
 */
export function shopUserOf(text: string): ShopUser | undefined {
  const user = memberOf(parseJson(text), 'user');
  if (user === null) return undefined;
  const userId = memberOf(user, 'userId');
  const points = memberOf(user, 'points');
  if (!isUserId(userId) || typeof points !== 'number') throw invalidResponse();
  return { userId, points };
}

function parseJson(text: string): unknown {
  if (text.length > MAX_RESPONSE_LENGTH) throw invalidResponse();
  try {
    return JSON.parse(text);
  } catch {
    throw invalidResponse(); // without the parser's message, which quotes the text
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw invalidResponse();
  return (value as Readonly<Record<string, unknown>>)[name];
}

function invalidResponse(): Error {
  return new Error('invalid response');
}
