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
import { errorMessage } from '../../../lib/error-message.ts';

/** Of one request for the keys. */
const FETCH_TIMEOUT_MS = 3_000;
/** Minimum time between fetches caused by unknown keys. */
const COOLDOWN_MS = 5_000;
/** Older keys are fetched again in the background. */
const REFRESH_MS = 10 * 60_000;
/** Within this time after a failed fetch, callers get an error without a new fetch. */
const RETRY_AFTER_FAILURE_MS = 2_000;
/** Allowed difference to the clock of the provider, so that new tokens are valid at once. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** In characters. */
const MAX_TOKEN_LENGTH = 8_192;
/** Asymmetric only: with a shared secret, this service could issue tokens. */
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

/** The holder of a token. */
export interface Identity {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

/**
 * Verifies JWTs of the identity provider with its published keys.
 *
 * Caches the keys and refreshes them in the background. An unknown key causes a fetch, with a cooldown. While the provider is
 * unavailable, the cached keys stay valid.
 */
export class IdentityProvider {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param warn called when a fetch of the keys fails */
  constructor(
    private readonly options: IdentityProviderOptions,
    private readonly warn: (message: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#keys = createRemoteJWKSet(new URL(options.jwksUrl), {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY, // keys stay valid until the next successful fetch
      [customFetch]: (url, init) => this.#fetch(url, init),
    });
  }

  /** Fetches old keys in the background. Call it at start too, so that the first user does not wait. */
  refresh(): void {
    if (this.now() - this.#fetchedAt < REFRESH_MS || this.now() - this.#failedAt < RETRY_AFTER_FAILURE_MS) return;
    if (!this.#keys.reloading) this.#keys.reload().catch(() => undefined); // #fetch logs the failure
  }

  /** @throws QueueError `UNAUTHENTICATED`; `ELIGIBILITY_UNAVAILABLE` if the key of the token is unknown and cannot be fetched */
  async verify(token: string): Promise<Identity> {
    if (token.length > MAX_TOKEN_LENGTH) throw rejected();
    this.refresh();
    const { issuer, audience } = this.options;
    const now = this.now();
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      return identityOf(payload, now);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw rejected(error);
      throw error;
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.now() - this.#failedAt < RETRY_AFTER_FAILURE_MS) throw unavailable();
    try {
      const response = await fetch(url, init);
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      const keys = (await response.json()) as JSONWebKeySet;
      createLocalJWKSet(keys); // throws if this is no key set
      this.#fetchedAt = this.now();
      return Response.json(keys);
    } catch (error) {
      this.#failedAt = this.now();
      this.warn(`The keys at AUTH_JWKS_URL cannot be fetched: ${errorMessage(error)}`);
      throw unavailable(error);
    }
  }
}

function identityOf({ sub, exp, scope, scp }: JWTPayload, now: number): Identity {
  // The clock tolerance applies to the start of the validity, not to its end.
  if (typeof sub !== 'string' || sub === '' || exp === undefined || exp * 1000 <= now) throw rejected();
  return { subject: sub, scopes: new Set([...scopesOf(scope), ...scopesOf(scp)]) };
}

/** `scope` is a string with spaces (RFC 8693); `scp` is a list or such a string. */
function scopesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((item): item is string => typeof item === 'string') : [];
}

/** The same error for every cause, so that a forger learns nothing. */
function rejected(cause?: unknown): QueueError {
  return new QueueError('UNAUTHENTICATED', 'The bearer token is not trusted by this service, or has expired.', {
    cause,
  });
}

function unavailable(cause?: unknown): QueueError {
  const detail = 'The keys of the identity provider cannot be fetched, so the token cannot be verified.';
  return new QueueError('ELIGIBILITY_UNAVAILABLE', detail, { cause, retryAfterSeconds: RETRY_AFTER_FAILURE_MS / 1000 });
}
