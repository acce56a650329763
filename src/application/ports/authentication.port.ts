import type { UserId } from '../../domain/types.ts';
import type { AdmissionClaims, VerifyOptions } from './admission-tokens.port.ts';
import type { EntryClaims } from './entry-tokens.port.ts';

/**
 * For which users a caller may request entry. `anyone`: the request names the user. `shop`: the shop's backend names the user or
 * a phone number. `user`: the caller's own token names the user, and the request must not.
 */
export type EntryRight =
  | { readonly by: 'anyone' }
  | { readonly by: 'shop' }
  | { readonly by: 'user'; readonly userId: UserId };

/** The caller of a request, as far as its credential proves it. */
export type Caller =
  | { readonly kind: 'anonymous' }
  /** An operator by ADMIN_TOKEN, or the shop's backend by SERVICE_TOKEN. */
  | { readonly kind: 'internal' }
  /** The holder of an entry token, an admission token (expired or not), or a user's own token. */
  | { readonly kind: 'user'; readonly userId: UserId };

/** An operator, for the audit trail. */
export interface Operator {
  /** `ADMIN_TOKEN`, or the subject of the operator's own token. */
  readonly name: string;
}

/**
 * Authenticates a caller by its `Authorization` header, or its equivalent in a WebSocket connection. The only place that does.
 *
 * All methods but the first throw QueueError: `UNAUTHENTICATED` without a bearer token that this service trusts, `FORBIDDEN` for
 * a token of another kind, `ELIGIBILITY_UNAVAILABLE` while the keys of the identity provider cannot be read.
 */
export interface Authentication {
  /** Whether the caller is an operator by ADMIN_TOKEN or the shop's backend. Their requests are not limited per address. */
  isInternalCaller(authorization: string | undefined): boolean;
  /** Never throws: without a valid credential the caller is anonymous. Requests of users count against the user, anonymous ones against the address. */
  identify(authorization: string | undefined): Promise<Caller>;
  /** @throws QueueError `UNAUTHENTICATED` where METRICS_TOKEN is set and the caller has neither it nor ADMIN_TOKEN */
  authorizeMetrics(authorization: string | undefined): void;
  operator(authorization: string | undefined): Promise<Operator>;
  /** Part of every request for entry: synchronous where no key has to be fetched. */
  authorizeEntry(authorization: string | undefined): EntryRight | Promise<EntryRight>;
  /** @param concertId the concert of the request; undefined: the token decides */
  verifyEntryToken(authorization: string | undefined, concertId: string | undefined): EntryClaims;
  verifyAdmissionToken(authorization: string | undefined, options: VerifyOptions): Promise<AdmissionClaims>;
}
export const Authentication = Symbol('Authentication');
