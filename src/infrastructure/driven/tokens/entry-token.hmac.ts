import { createHash, timingSafeEqual } from 'node:crypto';
import { QueueError } from '../../../application/errors.ts';
import type { EntryClaims, EntryTokens } from '../../../application/ports/entry-tokens.port.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Longest token that is looked at, in characters. Our own have at most about 500. */
const LONGEST = 1024;

interface Key {
  readonly id: string;
  /** The signature of what stands before it. */
  readonly seal: (signed: string) => string;
  /** The encoded header and the dot after it: the same for all tokens of a key. */
  readonly prefix: string;
}

/**
 * Entry tokens as JWT, HS256, on node:crypto itself: signing one is a step of every accepted entry. (ADR 26.)
 *
 * No token ever chooses how it is verified: it is HMAC-SHA256 with one of our keys, or it is refused.
 */
export class HmacEntryTokens implements EntryTokens {
  readonly #signing: Key;
  readonly #verifying: readonly Key[];

  /** @param secrets the first signs, all verify; at least one */
  constructor(
    secrets: readonly string[],
    private readonly now: () => number = Date.now,
  ) {
    const keys = secrets.map(keyOf);
    const [first] = keys;
    if (!first) throw new TypeError('at least one secret is needed');
    this.#signing = first;
    this.#verifying = keys;
  }

  sign({ userId, concertId, partition, offset }: EntryClaims): string {
    const { seal, prefix } = this.#signing;
    const claims = { sub: userId, cid: concertId, prt: partition, off: offset, iat: Math.floor(this.now() / 1000) };
    const signed = prefix + Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${signed}.${seal(signed)}`;
  }

  verify(token: string): EntryClaims {
    if (token.length > LONGEST) throw refused();
    const dot = token.indexOf('.') + 1;
    const lastDot = token.lastIndexOf('.');
    if (lastDot < dot) throw refused();
    const key = this.#keyOf(token.slice(0, dot));
    const signature = key.seal(token.slice(0, lastDot));
    const given = Buffer.from(token.slice(lastDot + 1));
    // Compared as text: of several spellings of the same bytes in base64url, only ours is right.
    if (given.length !== signature.length || !timingSafeEqual(given, Buffer.from(signature))) throw refused();
    return claimsOf(token.slice(dot, lastDot));
  }

  #keyOf(prefix: string): Key {
    const ours = this.#verifying.find((key) => key.prefix === prefix);
    if (ours) return ours;
    // Written by another library: the same words in another order.
    const header = parse(prefix.slice(0, -1));
    const known = 'kid' in header ? this.#verifying.find((key) => key.id === header.kid) : undefined;
    if (!known || !('alg' in header) || header.alg !== 'HS256' || 'crit' in header) throw refused();
    return known;
  }
}

function keyOf(secret: string): Key {
  // Names the key without telling it: 48 bits of a hash of a secret that has at least 128.
  const id = createHash('sha256').update(`entry token key ${secret}`).digest('base64url').slice(0, 8);
  const header = JSON.stringify({ alg: 'HS256', kid: id, typ: 'JWT' });
  return { id, seal: hmacSha256(secret), prefix: `${Buffer.from(header).toString('base64url')}.` };
}

/** The claims of a payload whose signature is right. Types are checked all the same: the secret may sign other things. */
function claimsOf(payload: string): EntryClaims {
  const claims = parse(payload);
  if (!('sub' in claims && 'cid' in claims && 'prt' in claims && 'off' in claims && 'iat' in claims)) throw refused();
  const { sub, cid, prt, off, iat } = claims;
  if (typeof sub !== 'string' || sub === '' || typeof cid !== 'string' || cid === '') throw refused();
  if (!isCount(prt) || !isCount(off) || !isCount(iat)) throw refused();
  return { userId: sub, concertId: cid, partition: prt, offset: off };
}

function parse(part: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw refused(error);
  }
  throw refused();
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** One answer to everything: whoever forges learns nothing from it. */
function refused(cause?: unknown): QueueError {
  return new QueueError('UNAUTHENTICATED', 'The entry token is not one that this service gave out.', { cause });
}
