import { QueueError } from '../../../application/errors.ts';
import { isUserId } from '../../../application/event-log/identifiers.ts';
import type {
  AdmissionClaims,
  AdmissionTokens,
  VerifyOptions,
} from '../../../application/ports/admission-tokens.port.ts';
import type { Authentication, Caller, EntryRight, Operator } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims, EntryTokens } from '../../../application/ports/entry-tokens.port.ts';
import type { StaticTokens } from './bearer.ts';
import type { Identity, IdentityProvider } from './identity-provider.jose.ts';

/** A token of the identity provider with this scope has the rights of ADMIN_TOKEN. */
const ADMIN_SCOPE = 'queue:admin';
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
const ANONYMOUS: Caller = { kind: 'anonymous' };
const INTERNAL: Caller = { kind: 'internal' };
const ANYONE: EntryRight = { by: 'anyone' };
const SHOP: EntryRight = { by: 'shop' };

/** The tokens that this service signs. */
export interface SignedTokens {
  readonly entry: EntryTokens;
  readonly admission: AdmissionTokens;
}

/** The kinds of bearer tokens. */
interface TokenVerifiers extends SignedTokens {
  readonly staticTokens: StaticTokens;
  /** undefined: no identity provider is configured. */
  readonly provider: Pick<IdentityProvider, 'verify'> | undefined;
}

/** Authenticates callers by their bearer token. Each kind of token is verified with its own key; the token does not name its kind. */
export class BearerAuthentication implements Authentication {
  constructor(
    private readonly tokens: TokenVerifiers,
    private readonly entryAuth: 'open' | 'service' | 'jwt',
  ) {}

  isInternalCaller(authorization: string | undefined): boolean {
    const token = BEARER.exec(authorization ?? '')?.[1];
    return (
      token !== undefined && (this.tokens.staticTokens.isAdmin(token) || this.tokens.staticTokens.isService(token))
    );
  }

  async identify(authorization: string | undefined): Promise<Caller> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return ANONYMOUS;
    const { staticTokens, entry, admission, provider } = this.tokens;
    if (staticTokens.isAdmin(token) || staticTokens.isService(token)) return INTERNAL;
    const userId =
      (await orUndefined(() => entry.verify(token)))?.userId ??
      (await orUndefined(() => admission.verify(token, { allowExpired: true })))?.userId ??
      (await orUndefined(() => provider?.verify(token)))?.subject;
    return userId === undefined ? ANONYMOUS : { kind: 'user', userId };
  }

  authorizeMetrics(authorization: string | undefined): void {
    const { staticTokens } = this.tokens;
    if (!staticTokens.isMetrics) return;
    const token = bearer(authorization);
    if (!staticTokens.isMetrics(token) && !staticTokens.isAdmin(token))
      throw new QueueError('UNAUTHENTICATED', 'The bearer token is not the metrics token.');
  }

  async operator(authorization: string | undefined): Promise<Operator> {
    const token = bearer(authorization);
    if (this.tokens.staticTokens.isAdmin(token)) return { name: 'ADMIN_TOKEN' };
    const { subject, scopes } = await this.#identity(token, 'admin');
    if (!scopes.has(ADMIN_SCOPE)) throw forbidden('admin');
    return { name: subject };
  }

  authorizeEntry(authorization: string | undefined): EntryRight | Promise<EntryRight> {
    if (this.entryAuth === 'open') return ANYONE;
    const token = bearer(authorization);
    if (this.entryAuth === 'jwt') return this.#user(token);
    return this.tokens.staticTokens.isService(token) ? SHOP : this.#reject(token, 'service');
  }

  verifyEntryToken(authorization: string | undefined, concertId: string | undefined): EntryClaims {
    const token = bearer(authorization);
    const claims = this.#entryClaims(token);
    if (concertId !== undefined && claims.concertId !== concertId)
      throw new QueueError('FORBIDDEN', 'The entry token is for another concert.');
    return claims;
  }

  /** Verifies the signature first: entry tokens are by far the most frequent. */
  #entryClaims(token: string): EntryClaims {
    const { staticTokens, entry } = this.tokens;
    try {
      return entry.verify(token);
    } catch (cause) {
      if (staticTokens.isAdmin(token) || staticTokens.isService(token))
        throw new QueueError('FORBIDDEN', 'This operation requires an entry token.', { cause });
      throw cause;
    }
  }

  async verifyAdmissionToken(authorization: string | undefined, options: VerifyOptions): Promise<AdmissionClaims> {
    return this.tokens.admission.verify(bearer(authorization), options);
  }

  async #user(token: string): Promise<EntryRight> {
    const { subject } = await this.#identity(token, "user's own");
    // The subject becomes part of events, keys and paths. An escaped form would be a second user.
    if (isUserId(subject)) return { by: 'user', userId: subject };
    throw new QueueError('UNAUTHENTICATED', 'The sub of the token is not a valid userId.');
  }

  async #identity(token: string, whose: string): Promise<Identity> {
    const { provider } = this.tokens;
    if (!provider) return this.#reject(token, whose);
    try {
      return await provider.verify(token);
    } catch (error) {
      if (await this.#isOfThisService(token)) throw forbidden(whose, error);
      throw error;
    }
  }

  async #reject(token: string, whose: string): Promise<never> {
    if (await this.#isOfThisService(token)) throw forbidden(whose);
    throw new QueueError('UNAUTHENTICATED', `The bearer token is not the ${whose} token.`);
  }

  /** Whether the token is valid for another purpose. */
  async #isOfThisService(token: string): Promise<boolean> {
    const { staticTokens, entry, admission } = this.tokens;
    if (staticTokens.isAdmin(token) || staticTokens.isService(token)) return true;
    return (
      (await orUndefined(() => entry.verify(token))) !== undefined ||
      (await orUndefined(() => admission.verify(token, { allowExpired: true }))) !== undefined
    );
  }
}

/** The claims of a token that verifies; undefined for any other. */
async function orUndefined<T>(verify: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof QueueError) return undefined;
    throw error;
  }
}

function bearer(authorization: string | undefined): string {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new QueueError('UNAUTHENTICATED', 'The header Authorization: Bearer is required.');
  return token;
}

function forbidden(whose: string, cause?: unknown): QueueError {
  return new QueueError('FORBIDDEN', `This operation requires the ${whose} token.`, { cause });
}
