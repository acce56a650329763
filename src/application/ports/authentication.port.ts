import type { UserId } from '../../domain/types.ts';
import type { AdmissionClaims } from './admission-tokens.port.ts';
import type { EntryClaims } from './entry-tokens.port.ts';

/**
 * On whose behalf a caller may ask for entry: anyone's (the request names the user), a user of the shop's own backend (which
 * names the user or a phone number), or only its own (a user's own token says who it is, and the request names nobody).
 */
export type EntryRight =
  | { readonly by: 'anyone' }
  | { readonly by: 'shop' }
  | { readonly by: 'user'; readonly userId: UserId };

/** An operator, for the audit trail. */
export interface Operator {
  /** `ADMIN_TOKEN`, or the subject of the operator's own token. */
  readonly name: string;
}

/**
 * Who a caller is, by what it sent as `Authorization` (or, over a WebSocket, in its place): the one judge for all doors.
 *
 * Each but the first throws QueueError: `UNAUTHENTICATED` without a bearer token that this service can trust, `FORBIDDEN` for one that is
 * good for something else, `ELIGIBILITY_UNAVAILABLE` while the keys of the identity provider cannot be had.
 */
export interface Authentication {
  /** Whether the caller is an operator by ADMIN_TOKEN or the shop's backend: those are not limited by their address. */
  isInternalCaller(authorization: string | undefined): boolean;
  operator(authorization: string | undefined): Promise<Operator>;
  /** Without a promise where nothing has to be waited for: this is a step of every request for entry. */
  authorizeEntry(authorization: string | undefined): EntryRight | Promise<EntryRight>;
  /** @param concertId of the queue that is asked about; undefined: whichever the token is for */
  verifyEntryToken(authorization: string | undefined, concertId: string | undefined): EntryClaims;
  /** @param lapsed whether a token whose time is over is taken too */
  verifyAdmissionToken(authorization: string | undefined, lapsed: 'refused' | 'taken'): Promise<AdmissionClaims>;
}
export const Authentication = Symbol('Authentication');
