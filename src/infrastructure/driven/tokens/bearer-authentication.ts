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

/** Gives whoever's token carries it what ADMIN_TOKEN gives. */
const ADMIN_SCOPE = 'queue:admin';
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
const ANONYMOUS: Caller = { kind: 'anonymous' };
const INTERNAL: Caller = { kind: 'internal' };
const ANYONE: EntryRight = { by: 'anyone' };
const SHOP: EntryRight = { by: 'shop' };

/** The tokens of this service that carry their own proof. */
export interface SignedTokens {
  readonly entry: EntryTokens;
  readonly admission: AdmissionTokens;
}

/** All that a bearer token can be. */
interface Tokens extends SignedTokens {
  readonly house: StaticTokens;
  /** undefined: users and operators have no tokens of their own. */
  readonly provider: Pick<IdentityProvider, 'verify'> | undefined;
}

/** Judges callers by their bearer token alone. No token says itself what it is: each kind is proved by its own key. */
export class BearerAuthentication implements Authentication {
  constructor(
    private readonly tokens: Tokens,
    private readonly entryAuth: 'open' | 'service' | 'jwt',
  ) {}

  isInternalCaller(authorization: string | undefined): boolean {
    const token = BEARER.exec(authorization ?? '')?.[1];
    return token !== undefined && (this.tokens.house.isAdmin(token) || this.tokens.house.isService(token));
  }

  async identify(authorization: string | undefined): Promise<Caller> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return ANONYMOUS;
    const { house, entry, admission, provider } = this.tokens;
    if (house.isAdmin(token) || house.isService(token)) return INTERNAL;
    const userId =
      (await orUndefined(() => entry.verify(token)))?.userId ??
      (await orUndefined(() => admission.verify(token, { allowExpired: true })))?.userId ??
      (await orUndefined(() => provider?.verify(token)))?.subject;
    return userId === undefined ? ANONYMOUS : { kind: 'user', userId };
  }

  async operator(authorization: string | undefined): Promise<Operator> {
    const token = bearer(authorization);
    if (this.tokens.house.isAdmin(token)) return { name: 'ADMIN_TOKEN' };
    const { subject, scopes } = await this.#identity(token, 'admin');
    if (!scopes.has(ADMIN_SCOPE)) throw forbidden('admin');
    return { name: subject };
  }

  authorizeEntry(authorization: string | undefined): EntryRight | Promise<EntryRight> {
    if (this.entryAuth === 'open') return ANYONE;
    const token = bearer(authorization);
    if (this.entryAuth === 'jwt') return this.#user(token);
    return this.tokens.house.isService(token) ? SHOP : this.#refuse(token, 'service');
  }

  verifyEntryToken(authorization: string | undefined, concertId: string | undefined): EntryClaims {
    const token = bearer(authorization);
    const claims = this.#entryClaims(token);
    if (concertId !== undefined && claims.concertId !== concertId)
      throw new QueueError('FORBIDDEN', 'The entry token is for another concert.');
    return claims;
  }

  /** Its own signature is looked at first: of all that can be a bearer token, this one is shown thousands of times a second. */
  #entryClaims(token: string): EntryClaims {
    const { house, entry } = this.tokens;
    try {
      return entry.verify(token);
    } catch (cause) {
      if (house.isAdmin(token) || house.isService(token))
        throw new QueueError('FORBIDDEN', 'This needs an entry token.', { cause });
      throw cause;
    }
  }

  async verifyAdmissionToken(authorization: string | undefined, options: VerifyOptions): Promise<AdmissionClaims> {
    return this.tokens.admission.verify(bearer(authorization), options);
  }

  async #user(token: string): Promise<EntryRight> {
    const { subject } = await this.#identity(token, "user's own");
    // It will stand in an event, a key and a path; rewriting it would make two users of one.
    if (isUserId(subject)) return { by: 'user', userId: subject };
    throw new QueueError('UNAUTHENTICATED', 'The sub of the token cannot be the id of a user here.');
  }

  async #identity(token: string, whose: string): Promise<Identity> {
    const { provider } = this.tokens;
    if (!provider) return this.#refuse(token, whose);
    try {
      return await provider.verify(token);
    } catch (error) {
      if (await this.#isOurs(token)) throw forbidden(whose, error);
      throw error;
    }
  }

  async #refuse(token: string, whose: string): Promise<never> {
    if (await this.#isOurs(token)) throw forbidden(whose);
    throw new QueueError('UNAUTHENTICATED', `The bearer token is not the ${whose} token.`);
  }

  /** Whether the token is one of this service's: then it is good, but not here. */
  async #isOurs(token: string): Promise<boolean> {
    const { house, entry, admission } = this.tokens;
    if (house.isAdmin(token) || house.isService(token)) return true;
    return (await isTaken(() => entry.verify(token))) || isTaken(() => admission.verify(token, { allowExpired: true }));
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

async function isTaken(verify: () => unknown): Promise<boolean> {
  try {
    await verify();
    return true;
  } catch (error) {
    if (error instanceof QueueError) return false;
    throw error;
  }
}

function bearer(authorization: string | undefined): string {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new QueueError('UNAUTHENTICATED', 'The header Authorization: Bearer is needed.');
  return token;
}

function forbidden(whose: string, cause?: unknown): QueueError {
  return new QueueError('FORBIDDEN', `This needs the ${whose} token.`, { cause });
}
