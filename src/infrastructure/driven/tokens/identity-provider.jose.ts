import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { QueueError } from '../../../application/errors.ts';

/** How long one look at the keys may take. */
const TIMEOUT_MS = 3_000;
/** A token with an unknown key makes us look again, but no flood of them more often than this. */
const COOLDOWN_MS = 5_000;
/** Known keys are read anew in the background when they are older. */
const REFRESH_MS = 10 * 60_000;
/** After a failed look nobody looks again so soon: callers are told at once. */
const RESPITE_MS = 2_000;
/** A provider's clock may be ahead of ours by so much: its newest tokens are not refused as of the future. */
const SKEW_SECONDS = 5;
/** Longest token that is looked at, in characters. */
const LONGEST = 8_192;
/** Signatures only: a shared secret would let this service, and whoever reads its settings, make tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export interface IdentityProviderOptions {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

/** What the provider says of whoever holds a token. */
export interface Identity {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

/**
 * Tokens that another service, the identity provider, gave to its users: JWT, checked with the keys that it publishes.
 *
 * Keys are cached. A key that is not known is looked for, with a cooldown; all are read anew from time to time. While the
 * provider is away the known keys go on.
 */
export class IdentityProvider {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #readAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param warn told when the keys cannot be read */
  constructor(
    private readonly settings: IdentityProviderOptions,
    private readonly warn: (message: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#keys = createRemoteJWKSet(new URL(settings.jwksUrl), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY, // what is known stays so until something newer was read
      [customFetch]: (url, init) => this.#fetch(url, init),
    });
  }

  /** Reads the keys if they are old, in the background. To be called at start too, so that the first user does not wait. */
  refresh(): void {
    if (this.now() - this.#readAt < REFRESH_MS || this.now() - this.#failedAt < RESPITE_MS) return;
    if (!this.#keys.reloading) this.#keys.reload().catch(() => undefined); // told by #fetch
  }

  /** @throws QueueError `UNAUTHENTICATED`; `ELIGIBILITY_UNAVAILABLE` when the token's key is not known and cannot be had */
  async verify(token: string): Promise<Identity> {
    if (token.length > LONGEST) throw refused();
    this.refresh();
    const { issuer, audience } = this.settings;
    const now = this.now();
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(now),
      });
      return identityOf(payload, now);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused(error);
      throw error;
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.now() - this.#failedAt < RESPITE_MS) throw unavailable();
    try {
      const response = await fetch(url, init);
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      const keys = (await response.json()) as JSONWebKeySet;
      createLocalJWKSet(keys); // throws for what is no key set
      this.#readAt = this.now();
      return Response.json(keys);
    } catch (error) {
      this.#failedAt = this.now();
      this.warn(`The keys at AUTH_JWKS_URL cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      throw unavailable(error);
    }
  }
}

function identityOf({ sub, exp, scope, scp }: JWTPayload, now: number): Identity {
  // The tolerance is for the beginning of a token's time, not for its end.
  if (typeof sub !== 'string' || sub === '' || exp === undefined || exp * 1000 <= now) throw refused();
  return { subject: sub, scopes: new Set([...scopesOf(scope), ...scopesOf(scp)]) };
}

/** `scope` is one text with blanks (RFC 8693); `scp` is written as a list or as such a text. */
function scopesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((one): one is string => typeof one === 'string') : [];
}

/** One answer to everything: whoever forges learns nothing from it. */
function refused(cause?: unknown): QueueError {
  return new QueueError(
    'UNAUTHENTICATED',
    'The bearer token is not one that this service trusts, or its time is over.',
    {
      cause,
    },
  );
}

function unavailable(cause?: unknown): QueueError {
  const detail = 'The keys of the identity provider cannot be read, so the token cannot be checked.';
  return new QueueError('ELIGIBILITY_UNAVAILABLE', detail, { cause, retryAfterSeconds: RESPITE_MS / 1000 });
}
