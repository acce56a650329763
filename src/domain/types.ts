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
  readonly timestamp: LogTime;
  /** Where it stood before, if it was passed over there as a dead letter and is said again by its redrive. */
  readonly redriveOf?: { readonly offset: Offset; readonly timestamp: LogTime };
}

export const REJECTIONS = ['QUEUE_NOT_OPEN', 'QUEUE_CLOSED', 'QUEUE_FULL', 'DISQUALIFIED'] as const;
export type Rejection = (typeof REJECTIONS)[number];
/** How a live entry ends. */
export type TerminalState = 'COMPLETED' | 'EXPIRED' | 'LEFT' | 'DISQUALIFIED';
/** As shown; of several that apply the first. */
export const QUEUE_STATUSES = ['CLOSED', 'PAUSED', 'SCHEDULED', 'OPEN'] as const;
export type QueueStatus = (typeof QUEUE_STATUSES)[number];

interface EntryIdentity {
  readonly userId: UserId;
  readonly entryId: EntryId;
  /** Offset of the request that created it. */
  readonly offset: Offset;
  /** What orders the queue: the offset, or one of the drawn offsets. */
  readonly place: Offset;
}

export type Registered = EntryIdentity & { readonly state: 'REGISTERED' };
export type Waiting = EntryIdentity & { readonly state: 'WAITING' };
export type Ready = EntryIdentity & { readonly state: 'READY'; readonly claimBy: LogTime };
export type Active = EntryIdentity & { readonly state: 'ACTIVE'; readonly activeUntil: LogTime };
export type EndedEntry = EntryIdentity & { readonly state: TerminalState; readonly endedAt: LogTime };
export type Rejected = EntryIdentity & {
  readonly state: 'REJECTED';
  readonly reason: Rejection;
  readonly endedAt: LogTime;
};

export type LiveEntry = Registered | Waiting | Ready | Active;
export type ClosedEntry = EndedEntry | Rejected;
/** The one life that is kept per user: the live entry or the last outcome. */
export type Entry = LiveEntry | ClosedEntry;

/** What one event changed, in absolute terms: putting it twice is putting it once. */
export type EntryChange =
  | Entry
  /** The last outcome is no longer kept. */
  | { readonly state: 'PURGED'; readonly userId: UserId }
  /** Refused until reinstated. */
  | { readonly state: 'USER_DISQUALIFIED'; readonly userId: UserId }
  | { readonly state: 'USER_REINSTATED'; readonly userId: UserId };

export function isLive(entry: Entry): entry is LiveEntry {
  return (
    entry.state === 'WAITING' || entry.state === 'READY' || entry.state === 'ACTIVE' || entry.state === 'REGISTERED'
  );
}

/** A draw gives everyone registered a new place at once: too much to list, so the whole queue is to be read anew. */
export const FULL_REFRESH = 'FULL_REFRESH';
export type ChangeSet = readonly EntryChange[] | typeof FULL_REFRESH;

/** Most entries one event may call, expire or forget; the rest waits for the next event of its kind. */
export const MAX_CHANGES_PER_EVENT = 500;
