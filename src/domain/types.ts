/** The words of the queue, as the contract defines them. Plain types: impossible states do not type-check. */

export type ConcertId = string;
export type UserId = string;
/** Names one request; a second copy of the same request carries the same. */
export type EntryId = string;
export type Offset = number;
/** Milliseconds since 1970, as the broker stamped them; never a process's own clock. */
export type LogTime = number;

/** Where a record stands in the log of its partition. */
export interface LogPosition {
  readonly offset: Offset;
  readonly stamp: LogTime;
  /** Where it stood before, if it was passed over there as a dead letter and is said again by its redrive. */
  readonly redriveOf?: { readonly offset: Offset; readonly stamp: LogTime };
}

export const REJECTIONS = ['QUEUE_NOT_OPEN', 'QUEUE_CLOSED', 'QUEUE_FULL', 'DISQUALIFIED'] as const;
export type Rejection = (typeof REJECTIONS)[number];
/** How a live entry ends. */
export type Ending = 'COMPLETED' | 'EXPIRED' | 'LEFT' | 'DISQUALIFIED';
/** As shown; of several that apply the first. */
export const QUEUE_STATES = ['CLOSED', 'PAUSED', 'SCHEDULED', 'OPEN'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

interface Lifeline {
  readonly userId: UserId;
  readonly entryId: EntryId;
  /** Offset of the request that created it. */
  readonly offset: Offset;
  /** What orders the queue: the offset, or one of the drawn offsets. */
  readonly place: Offset;
}

export type Registered = Lifeline & { readonly state: 'REGISTERED' };
export type Waiting = Lifeline & { readonly state: 'WAITING' };
export type Ready = Lifeline & { readonly state: 'READY'; readonly claimBy: LogTime };
export type Active = Lifeline & { readonly state: 'ACTIVE'; readonly activeUntil: LogTime };
export type Ended = Lifeline & { readonly state: Ending; readonly endedAt: LogTime };
export type Rejected = Lifeline & {
  readonly state: 'REJECTED';
  readonly because: Rejection;
  readonly endedAt: LogTime;
};

export type Live = Registered | Waiting | Ready | Active;
export type Outcome = Ended | Rejected;
/** The one life that is kept per user: the live entry or the last outcome. */
export type Life = Live | Outcome;

/** What one event changed, in absolute terms: putting it twice is putting it once. */
export type Change =
  | Life
  /** The last outcome is no longer kept. */
  | { readonly state: 'FORGOTTEN'; readonly userId: UserId }
  /** Refused until reinstated. */
  | { readonly state: 'BARRED'; readonly userId: UserId }
  | { readonly state: 'UNBARRED'; readonly userId: UserId };

export function isLive(life: Life): life is Live {
  return life.state === 'WAITING' || life.state === 'READY' || life.state === 'ACTIVE' || life.state === 'REGISTERED';
}

/** A draw gives everyone registered a new place at once: too much to list, so the whole queue is to be read anew. */
export const REORDERED = 'REORDERED';
export type Effect = readonly Change[] | typeof REORDERED;

/** Most entries one event may call, expire or forget; the rest waits for the next event of its kind. */
export const MOST_PER_EVENT = 500;
