import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { QueueError } from '../../../application/errors.ts';
import type { EntryClaims, EntryTokens } from '../../../application/ports/entry-tokens.port.ts';

/** In characters. Tokens of this service have at most about 500. */
const MAX_TOKEN_LENGTH = 1024;

interface EntryTokenKey {
  readonly id: string;
  readonly secret: KeyObject;
  /** The encoded header and its dot, the same for all tokens of the key. */
  readonly prefix: string;
}

/**
 * Entry tokens as JWT with HS256. Uses node:crypto because the service signs one for every accepted entry. (ADR 26.)
 *
 * The token does not choose its algorithm: only HMAC-SHA256 with a configured secret is valid.
 */
export class HmacEntryTokens implements EntryTokens {
  readonly #signing: EntryTokenKey;
  readonly #verifying: readonly EntryTokenKey[];

  /**
   * @param secrets the first signs, all verify; at least one
   * @param topic named in new tokens; a token that names another topic is rejected
   */
  constructor(
    secrets: readonly string[],
    private readonly topic?: string,
    private readonly now: () => number = Date.now,
  ) {
    const keys = secrets.map(keyOf);
    const [first] = keys;
    if (!first) throw new TypeError('at least one secret is needed');
    this.#signing = first;
    this.#verifying = keys;
  }

  sign({ userId, concertId, partition, offset }: EntryClaims): string {
    const { secret, prefix } = this.#signing;
    const iat = Math.floor(this.now() / 1000);
    const claims = { sub: userId, cid: concertId, prt: partition, off: offset, iat, top: this.topic };
    const signed = prefix + Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${signed}.${signatureOf(signed, secret)}`;
  }

  verify(token: string): EntryClaims {
    if (token.length > MAX_TOKEN_LENGTH) throw rejected();
    const dot = token.indexOf('.') + 1;
    const lastDot = token.lastIndexOf('.');
    if (lastDot < dot) throw rejected();
    const key = this.#keyOf(token.slice(0, dot));
    const signature = signatureOf(token.slice(0, lastDot), key.secret);
    const given = Buffer.from(token.slice(lastDot + 1));
    // Compares the text: base64url has several spellings of the same bytes, and only one is valid.
    if (given.length !== signature.length || !timingSafeEqual(given, Buffer.from(signature))) throw rejected();
    return claimsOf(token.slice(dot, lastDot), this.topic);
  }

  #keyOf(prefix: string): EntryTokenKey {
    const ours = this.#verifying.find((key) => key.prefix === prefix);
    if (ours) return ours;
    // Another library may write the header members in another order.
    const header = parse(prefix.slice(0, -1));
    const known = 'kid' in header ? this.#verifying.find((key) => key.id === header.kid) : undefined;
    if (!known || !('alg' in header) || header.alg !== 'HS256' || 'crit' in header) throw rejected();
    return known;
  }
}

function keyOf(secret: string): EntryTokenKey {
  // Identifies the key without revealing it: 48 bits of the hash of a secret of at least 128 bits.
  const id = createHash('sha256').update(`entry token key ${secret}`).digest('base64url').slice(0, 8);
  const header = JSON.stringify({ alg: 'HS256', kid: id, typ: 'JWT' });
  const prefix = `${Buffer.from(header).toString('base64url')}.`;
  return { id, secret: createSecretKey(Buffer.from(secret)), prefix };
}

function signatureOf(signed: string, secret: KeyObject): string {
  return createHmac('sha256', secret).update(signed).digest('base64url');
}

/** Call after the signature is verified. Checks the types, because the secret may sign other tokens. */
function claimsOf(payload: string, topic: string | undefined): EntryClaims {
  const claims = parse(payload);
  // Offsets of another topic mean nothing here. Tokens of earlier releases name no topic.
  if ('top' in claims && topic !== undefined && claims.top !== topic) throw rejected();
  if (!('sub' in claims && 'cid' in claims && 'prt' in claims && 'off' in claims && 'iat' in claims)) throw rejected();
  const { sub, cid, prt, off, iat } = claims;
  if (typeof sub !== 'string' || sub === '' || typeof cid !== 'string' || cid === '') throw rejected();
  if (!isCount(prt) || !isCount(off) || !isCount(iat)) throw rejected();
  return { userId: sub, concertId: cid, partition: prt, offset: off };
}

function parse(part: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw rejected(error);
  }
  throw rejected();
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The same error for every cause, so that a forger learns nothing. */
function rejected(cause?: unknown): QueueError {
  return new QueueError('UNAUTHENTICATED', 'The entry token was not issued by this service.', { cause });
}
