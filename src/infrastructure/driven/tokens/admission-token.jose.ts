import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { FatalError, QueueError } from '../../../application/errors.ts';
import type {
  AdmissionClaims,
  AdmissionKeySet,
  AdmissionTokens,
  VerifyOptions,
} from '../../../application/ports/admission-tokens.port.ts';

/** In characters. Tokens of this service have at most about 700. */
const MAX_TOKEN_LENGTH = 2048;
/** As current time, it makes jose accept expired tokens. */
const BEFORE_ANY_EXPIRY = new Date(0);

interface AdmissionTokenKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: AdmissionKeySet['keys'][number];
}

/** Admission tokens as JWT with Ed25519, by jose. Third parties verify them with the public keys. (ADR 27.) */
export class JoseAdmissionTokens implements AdmissionTokens {
  readonly publicKeys: AdmissionKeySet;
  readonly #signing: AdmissionTokenKey;
  readonly #verifying: ReadonlyMap<string, AdmissionTokenKey>;

  private constructor(
    signing: AdmissionTokenKey,
    keys: readonly AdmissionTokenKey[],
    private readonly now: () => number,
  ) {
    this.#signing = signing;
    this.#verifying = new Map(keys.map((key) => [key.id, key]));
    this.publicKeys = { keys: [...this.#verifying.values()].map(({ jwk }) => jwk) };
  }

  /**
   * @param privateKeys PEM (PKCS #8) or JWK, Ed25519; the first signs, all verify; at least one
   * @throws FatalError for any other key
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
      .sign(this.#signing.privateKey);
  }

  async verify(token: string, options: VerifyOptions): Promise<AdmissionClaims> {
    if (token.length > MAX_TOKEN_LENGTH) throw rejected();
    const currentDate = options.allowExpired ? BEFORE_ANY_EXPIRY : new Date(this.now());
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header), {
        // The token does not choose its algorithm: only Ed25519 with a configured key is valid.
        algorithms: ['EdDSA'],
        typ: 'JWT',
        requiredClaims: ['jti', 'iat'],
        currentDate,
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw rejected(error);
      throw error;
    }
  }

  #keyOf({ kid }: JWTHeaderParameters): KeyObject {
    const key = kid === undefined ? undefined : this.#verifying.get(kid);
    if (!key) throw rejected();
    return key.publicKey;
  }
}

async function keyOf(text: string): Promise<AdmissionTokenKey> {
  const privateKey = privateKeyOf(text);
  const publicKey = createPublicKey(privateKey);
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const members = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const id = await calculateJwkThumbprint(members);
  return { id, privateKey, publicKey, jwk: { ...members, kid: id, alg: 'EdDSA', use: 'sig' } };
}

function privateKeyOf(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(
      text.trimStart().startsWith('{') ? { key: JSON.parse(text) as JsonWebKey, format: 'jwk' } : text,
    );
  } catch {
    throw invalidKey(); // without the parser's error, which may quote the key
  }
  if (key.asymmetricKeyType !== 'ed25519') throw invalidKey();
  return key;
}

function invalidKey(): FatalError {
  return new FatalError('ADMISSION_PRIVATE_KEYS must be Ed25519 private keys, each as PEM or JWK.');
}

/** Identifies one admission. A repeated claim has the same id. */
function idOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join(':')).digest('base64url').slice(0, 22);
}

/** Call after the signature is verified. Checks the types, because the key may sign other tokens. */
function claimsOf({ sub, cid, off, aud, exp }: JWTPayload): AdmissionClaims {
  if (typeof sub !== 'string' || sub === '' || typeof cid !== 'string' || cid === '') throw rejected();
  if (aud !== cid || !isCount(off) || !isCount(exp)) throw rejected();
  return { userId: sub, concertId: cid, offset: off, activeUntil: exp * 1000 };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The same error for every cause, so that a forger learns nothing. */
function rejected(cause?: unknown): QueueError {
  return new QueueError('UNAUTHENTICATED', 'The admission token was not issued by this service, or has expired.', {
    cause,
  });
}
