import type { Policy } from './events.generated.ts';
import type { Notice } from './notice.ts';
import type { AdmissionSlice } from './recent-admissions.ts';
import type { Entry, LogTime, Offset, UserId } from './types.ts';

/**
 * Increased whenever the same log could fold to another state, or the stored form changes. A view of another version is not
 * read; it is rebuilt from the log.
 */
export const FOLD_VERSION = 3;

/** Number of entries by state. `kept` counts all entries, outcomes included. */
export interface QueueCounts {
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  readonly kept: number;
  readonly disqualified: number;
}

/** The draw of an opening. All values are hexadecimal; `seed` is null until it is revealed. */
export interface DrawState {
  readonly nonce: string;
  readonly commitment: string;
  readonly seed: string | null;
}

/** What decided about requests after the record at `offset`, until the next rule. */
export interface OpeningRule {
  /** Of the record with which the rule began. */
  readonly offset: Offset;
  readonly timestamp: LogTime;
  /** Requests from this time on wait; null: all requests do. */
  readonly opensAt: LogTime | null;
  /** Earlier requests are registered for the draw; otherwise they are rejected. */
  readonly registers: boolean;
}

/** The state of a queue without its entries. Plain data: JSON restores it unchanged. */
export interface QueueAttributes {
  readonly policy: Policy;
  readonly paused: boolean;
  readonly closed: boolean;
  /** Offset of the first configuration. Earlier requests have no effect. */
  readonly configuredAt: Offset;
  readonly openedAt: LogTime | null;
  /** Log time of the last folded record. */
  readonly time: LogTime;
  readonly admittedThrough: Offset;
  readonly draw: DrawState | null;
  /** Tokens of the rate limit at log time `tokensAt`, in 1/60,000 of an admission. */
  readonly tokens: number;
  readonly tokensAt: LogTime;
  /** Admissions of the last five minutes, oldest first. */
  readonly recentAdmissions: readonly AdmissionSlice[];
  /** By which a redriven request is judged as of its receipt. */
  readonly openingRules: readonly OpeningRule[];
  /** Outcomes that ended at or before this log time may have been purged. */
  readonly purgedThrough: LogTime;
  readonly counts: QueueCounts;
  /** Absent until the first notice is posted. */
  readonly notice?: Notice;
}

/** The full state of a queue at one offset, from `ConcertQueue.save`. */
export interface QueueSnapshot {
  readonly offset: Offset;
  readonly attributes: QueueAttributes;
  /** In any order. */
  readonly entries: Iterable<Entry>;
  readonly disqualified: Iterable<UserId>;
}
