import { isUserId } from '../../../application/event-log/identifiers.ts';
import type { ShopUser } from '../../../application/ports/eligibility.port.ts';

/** Far more than the one object that is asked for. */
const LONGEST = 16 * 1024;

/**
 * Reads `{"user": {"userId", "points"}}` or `{"user": null}`; further members are passed over.
 *
 * "No such user" must be said in these words: a 404 may as well come from a wrong address.
 * @throws Error for anything else, quoting nothing of it
 */
export function shopUserOf(text: string): ShopUser | undefined {
  const user = memberOf(parsed(text), 'user');
  if (user === null) return undefined;
  const userId = memberOf(user, 'userId');
  const points = memberOf(user, 'points');
  if (!isUserId(userId) || typeof points !== 'number') throw unusable();
  return { userId, points };
}

function parsed(text: string): unknown {
  if (text.length > LONGEST) throw unusable();
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(); // the parser's own message quotes the text
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw unusable();
  return (value as Readonly<Record<string, unknown>>)[name];
}

function unusable(): Error {
  return new Error('its answer is not understood');
}
