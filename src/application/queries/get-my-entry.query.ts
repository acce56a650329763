import { Query } from '@nestjs/cqrs';
import type { ConcertId, LogTime, Offset, Rejection, UserId } from '../../domain/types.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** The entry that the request of a token created. @throws QueueError `PROJECTION_UNAVAILABLE`; never not found */
export class GetMyEntry extends Query<EntryDocument> {
  constructor(readonly token: EntryClaims) {
    super();
  }
}

/** The states that the holder of an entry token can see; see docs/guarantees.md. */
export const ENTRY_STATES = [
  'PENDING',
  'REGISTERED',
  'WAITING',
  'READY',
  'ACTIVE',
  'COMPLETED',
  'EXPIRED',
  'LEFT',
  'DISQUALIFIED',
  'REJECTED',
] as const;
export type EntryState = (typeof ENTRY_STATES)[number];
/** The final states. */
export const TERMINAL_STATES: ReadonlySet<EntryState> = new Set([
  'COMPLETED',
  'EXPIRED',
  'LEFT',
  'DISQUALIFIED',
  'REJECTED',
]);

/** Times in milliseconds since 1970. */
export interface EntryDocument {
  readonly concertId: ConcertId;
  readonly userId: UserId;
  readonly state: EntryState;
  /** Of the request that created the entry. */
  readonly receipt: Receipt;
  readonly place?: Offset;
  /** 1 is the next to be called. */
  readonly position?: number;
  readonly ahead?: number;
  readonly estimatedWaitSeconds?: number;
  /** The earliest times at which the entry may expire. */
  readonly claimBy?: LogTime;
  readonly activeUntil?: LogTime;
  readonly rejectedBecause?: Rejection;
  readonly pollAfterMs: number;
  readonly projectedOffset: Offset;
}
