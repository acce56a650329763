import type { ConcertId, Offset, UserId } from '../../domain/types.ts';

/** The content of an entry token: this user's request for this concert has this offset. */
export interface EntryClaims {
  readonly userId: UserId;
  readonly concertId: ConcertId;
  readonly partition: number;
  readonly offset: Offset;
}

/** Signed proof of a receipt: the only credential for reading, leaving or claiming an entry. */
export interface EntryTokens {
  sign(claims: EntryClaims): string;
  /** @throws QueueError `UNAUTHENTICATED` for anything that this service did not sign */
  verify(token: string): EntryClaims;
}
export const EntryTokens = Symbol('EntryTokens');
