import type { ConcertId, Offset, UserId } from '../../domain/types.ts';

/** What an entry token says: this user's request for this concert stands at this offset. */
export interface EntryClaims {
  readonly userId: UserId;
  readonly concertId: ConcertId;
  readonly partition: number;
  readonly offset: Offset;
}

/** Signed proof of a receipt: the only key to read, leave or claim one's entry. */
export interface EntryTokens {
  sign(claims: EntryClaims): string;
  /** @throws QueueError `UNAUTHENTICATED` for anything that this service did not sign */
  verify(token: string): EntryClaims;
}
export const EntryTokens = Symbol('EntryTokens');
