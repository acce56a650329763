import type { Policy } from './events.generated.ts';
import type { AdmissionSlice } from './recent-admissions.ts';
import type { Entry, LogTime, Offset, UserId } from './types.ts';

/**
 * Changes whenever the same log could fold to another state or be stored in another form. A view written by another version is
 * not read but folded anew.
 */
export const FOLD_VERSION = 2;

/** How many lives there are of each kind; `kept` counts all of them, outcomes included. */
export interface QueueCounts {
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  readonly kept: number;
  readonly disqualified: number;
}

/** The draw of an opening: committed to from the start, revealed by `seed` (hexadecimal, as nonce and commitment are). */
export interface DrawState {
  readonly nonce: string;
  readonly commitment: string;
  readonly seed: string | null;
}

/** Everything of a queue but its lives. Plain data: JSON gives it back as it was. */
export interface QueueAttributes {
  readonly policy: Policy;
  readonly paused: boolean;
  readonly closed: boolean;
  /** Offset of the event that configured it first: requests before that were made to no queue. */
  readonly configuredAt: Offset;
  readonly openedAt: LogTime | null;
  /** Log time of the last folded record. */
  readonly time: LogTime;
  readonly admittedThrough: Offset;
  readonly draw: DrawState | null;
  /** What the rate leaves to be spent, in 1/60,000 of an admission, as of `creditAt`. */
  readonly tokens: number;
  readonly tokensAt: LogTime;
  /** Admissions of the last five minutes, oldest first. */
  readonly recentAdmissions: readonly AdmissionSlice[];
  /** Receipts of dead letters that were redriven, smallest first: each counts once. */
  readonly redriven: readonly Offset[];
  readonly counts: QueueCounts;
}

/** All of a queue at one offset: what `ConcertQueue.save` gives and `ConcertQueue.load` takes. */
export interface QueueSnapshot {
  readonly offset: Offset;
  readonly attributes: QueueAttributes;
  /** In any order: their places and times order them. */
  readonly entries: Iterable<Entry>;
  readonly disqualified: Iterable<UserId>;
}
