import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { FatalError, QueueError } from '../../../application/errors.ts';
import type {
  AdmissionClaims,
  AdmissionKeySet,
  AdmissionTokens,
  VerifyOptions,
} from '../../../application/ports/admission-tokens.port.ts';

/** Longest token that is looked at, in characters. Our own have at most about 700. */
const LONGEST = 2048;
/** For jose no token has expired at this time. */
const BEFORE_ALL_TOKENS = new Date(0);

interface Key {
  readonly id: string;
  readonly secret: KeyObject;
  readonly open: KeyObject;
  readonly published: AdmissionKeySet['keys'][number];
}

/** Admission tokens as JWT, EdDSA with Ed25519, by jose: anyone can check them, only this service makes them. (ADR 27.) */
export class JoseAdmissionTokens implements AdmissionTokens {
  readonly publicKeys: AdmissionKeySet;
  readonly #signing: Key;
  readonly #verifying: ReadonlyMap<string, Key>;

  private constructor(
    signing: Key,
    keys: readonly Key[],
    private readonly now: () => number,
  ) {
    this.#signing = signing;
    this.#verifying = new Map(keys.map((key) => [key.id, key]));
    this.publicKeys = { keys: [...this.#verifying.values()].map(({ published }) => published) };
  }

  /**
   * @param privateKeys PEM (PKCS #8) or JWK, Ed25519; the first signs, all verify; at least one
   * @throws FatalError for a key that is none of that
   */
  static async with(privateKeys: readonly string[], now: () => number = Date.now): Promise<JoseAdmissionTokens> {
    const keys = await Promise.all(privateKeys.map(keyOf));
    const [first] = keys;
    if (!first) throw new TypeError('at least one key is needed');
    return new JoseAdmissionTokens(first, keys, now);
  }

  sign({ userId, concertId, offset, activeUntil }: AdmissionClaims): Promise<string> {
    return new SignJWT({ cid: concertId, off: offset })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.#signing.id, typ: 'JWT' })
      .setSubject(userId)
      .setAudience(concertId)
      .setIssuedAt(Math.floor(this.now() / 1000))
      .setExpirationTime(Math.floor(activeUntil / 1000))
      .setJti(idOf(concertId, userId, offset, activeUntil))
      .sign(this.#signing.secret);
  }

  async verify(token: string, options: VerifyOptions): Promise<AdmissionClaims> {
    if (token.length > LONGEST) throw refused();
    const currentDate = options.allowExpired ? BEFORE_ALL_TOKENS : new Date(this.now());
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header), {
        // The token never chooses: it is Ed25519 with one of our keys, or it is refused.
        algorithms: ['EdDSA'],
        typ: 'JWT',
        requiredClaims: ['jti', 'iat'],
        currentDate,
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused(error);
      throw error;
    }
  }

  #keyOf({ kid }: JWTHeaderParameters): KeyObject {
    const key = kid === undefined ? undefined : this.#verifying.get(kid);
    if (!key) throw refused();
    return key.open;
  }
}

async function keyOf(text: string): Promise<Key> {
  const secret = privateKeyOf(text);
  const open = createPublicKey(secret);
  const { x = '' } = open.export({ format: 'jwk' });
  const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const id = await calculateJwkThumbprint(jwk);
  return { id, secret, open, published: { ...jwk, kid: id, alg: 'EdDSA', use: 'sig' } };
}

function privateKeyOf(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(
      text.trimStart().startsWith('{') ? { key: JSON.parse(text) as JsonWebKey, format: 'jwk' } : text,
    );
  } catch {
    throw unusable(); // without the parser's error: it may quote the key
  }
  if (key.asymmetricKeyType !== 'ed25519') throw unusable();
  return key;
}

function unusable(): FatalError {
  return new FatalError('ADMISSION_PRIVATE_KEYS must be Ed25519 private keys, each as PEM or JWK.');
}

/** Names one admission: whoever claims it again gets the same. */
function idOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join(':')).digest('base64url').slice(0, 22);
}

/** The claims of a payload whose signature is right. Types are checked all the same: the key may sign other things. */
function claimsOf({ sub, cid, off, aud, exp }: JWTPayload): AdmissionClaims {
  if (typeof sub !== 'string' || sub === '' || typeof cid !== 'string' || cid === '') throw refused();
  if (aud !== cid || !isCount(off) || !isCount(exp)) throw refused();
  return { userId: sub, concertId: cid, offset: off, activeUntil: exp * 1000 };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** One answer to everything: whoever forges learns nothing from it. */
function refused(cause?: unknown): QueueError {
  return new QueueError(
    'UNAUTHENTICATED',
    'The admission token is not one that this service gave out, or its time is over.',
    {
      cause,
    },
  );
}
