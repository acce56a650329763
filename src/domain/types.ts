/** Types of the queue. */

export type ConcertId = string;
export type UserId = string;
/** Identifies a request. Copies of the same request have the same id. */
export type EntryId = string;
export type Offset = number;
/** Record timestamp set by the broker, in milliseconds since 1970. Never the clock of a process. */
export type LogTime = number;

/** Position of a record in the log of its partition. */
export interface LogPosition {
  readonly offset: Offset;
  readonly timestamp: LogTime;
  /** For a redriven dead letter: the position of the original record. */
  readonly redriveOf?: { readonly offset: Offset; readonly timestamp: LogTime };
}

export const REJECTIONS = ['QUEUE_NOT_OPEN', 'QUEUE_CLOSED', 'QUEUE_FULL', 'DISQUALIFIED'] as const;
export type Rejection = (typeof REJECTIONS)[number];
/** How a live entry ends. */
export type TerminalState = 'COMPLETED' | 'EXPIRED' | 'LEFT' | 'DISQUALIFIED';
/** Public status of a queue. Of several that apply, the first is shown. */
export const QUEUE_STATUSES = ['CLOSED', 'PAUSED', 'SCHEDULED', 'OPEN'] as const;
export type QueueStatus = (typeof QUEUE_STATUSES)[number];

interface EntryIdentity {
  readonly userId: UserId;
  readonly entryId: EntryId;
  /** Offset of the request that created it. */
  readonly offset: Offset;
  /** Determines the order of the queue: the offset of the request, or the offset assigned by the draw. */
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
/** The entry of a user: the live one, or the last outcome. */
export type Entry = LiveEntry | ClosedEntry;

/** A change by one event, in absolute terms. Applying it twice has the same effect as applying it once. */
export type EntryChange =
  | Entry
  /** The last outcome was removed after its retention time. */
  | { readonly state: 'PURGED'; readonly userId: UserId }
  /** Requests of the user are rejected until the user is reinstated. */
  | { readonly state: 'USER_DISQUALIFIED'; readonly userId: UserId }
  | { readonly state: 'USER_REINSTATED'; readonly userId: UserId };

export function isLive(entry: Entry): entry is LiveEntry {
  return (
    entry.state === 'WAITING' || entry.state === 'READY' || entry.state === 'ACTIVE' || entry.state === 'REGISTERED'
  );
}

/** A draw changes the place of every registered entry, so the full state must be read instead of a list of changes. */
export const FULL_REFRESH = 'FULL_REFRESH';
export type ChangeSet = readonly EntryChange[] | typeof FULL_REFRESH;

/** Maximum entries that one event calls, expires or purges. The next event of that type continues. */
export const MAX_CHANGES_PER_EVENT = 500;
