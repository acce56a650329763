// Generated from schemas/*.avsc by `npm run schemas:types`. Do not edit: change the schema instead.

/** How a queue admits: limits, windows and the opening. */
export interface Policy {
  /** Most entries READY and ACTIVE at once; >= 1. */
  readonly capacity: number;
  /** Most entries called per minute; >= 1. */
  readonly admissionsPerMinute: number;
  /** How long a called entry may be claimed, in seconds of log time; 1 to 604800. */
  readonly claimWindowSeconds: number;
  /** How long a claimed entry may buy, in seconds of log time; 1 to 604800. */
  readonly activeWindowSeconds: number;
  /** Most entries REGISTERED and WAITING, >= 1; null: no limit. */
  readonly maximumWaiting: number | null;
  /** Balance a user must have to enter, >= 0, in the unit of the eligibility service; null: none is asked for. */
  readonly minimumBalance: number | null;
  /** Log time of the opening, in milliseconds since 1970 UTC; null: open from the first configuration. */
  readonly opensAt: number | null;
  /**
   * What becomes of requests before opensAt: refused (reject), or registered and drawn for their order at the opening
   * (draw).
   */
  readonly beforeOpening: 'reject' | 'draw';
  /** How long a user's last outcome is kept, in seconds of log time; >= 1. */
  readonly outcomeRetentionSeconds: number;
}

/** A called user came: their entry, if READY, becomes ACTIVE. */
export interface AdmissionClaimed {
  readonly type: 'AdmissionClaimed';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
  /** Offset in the partition that the user's entry token proves; >= 0. An entry requested after it is left alone. */
  readonly tokenOffset: number;
}

/** A user has finished on the protected site: their entry, if ACTIVE, is COMPLETED and its slot free. */
export interface AdmissionCompleted {
  readonly type: 'AdmissionCompleted';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
  /** Offset in the partition that the user's entry token proves; >= 0. An entry requested after it is left alone. */
  readonly tokenOffset: number;
}

/**
 * The opening draw: reveals the seed that orders everyone registered. Without effect before the opening, a second time,
 * or with a seed that does not match the commitment.
 */
export interface DrawHeld {
  readonly type: 'DrawHeld';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** HMAC-SHA256(secret, UTF-8 of concertId followed by UTF-8 of drawNonce), in hexadecimal: 64 digits. */
  readonly seed: string;
}

/** Calls waiting entries from the front, as long as there is capacity: at most 500. Harmless when said again. */
export interface EntriesAdmitted {
  readonly type: 'EntriesAdmitted';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** Highest place that may be called; >= 0. */
  readonly through: number;
}

/** An operator replaces the notice that all users of the queue see. */
export interface NoticePosted {
  readonly type: 'NoticePosted';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /**
   * Plain text by language (BCP 47): at most 10 languages, 1 to 1,000 characters each. Empty: the notice is removed.
   */
  readonly texts: Readonly<Record<string, string>>;
}

/** No new entries, and nobody is called, until resumed. */
export interface QueueClosed {
  readonly type: 'QueueClosed';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
}

/** Sets the policy of a queue. The first one opens or schedules the queue. */
export interface QueueConfigured {
  readonly type: 'QueueConfigured';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The policy in force from here on. */
  readonly policy: Policy;
  /**
   * What the draw's seed is made of beside the secret, in hexadecimal; null: no draw is committed to here. The first
   * commitment stands until the draw.
   */
  readonly drawNonce: string | null;
  /** SHA-256 of the 32 raw bytes of the seed, in hexadecimal: 64 digits; null: no draw is committed to here. */
  readonly drawCommitment: string | null;
}

/** A user gives up their entry. */
export interface QueueEntryLeft {
  readonly type: 'QueueEntryLeft';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
  /** Offset in the partition that the user's entry token proves; >= 0. An entry requested after it is left alone. */
  readonly tokenOffset: number;
}

/** A user asks for a place in the queue. The offset of this record is the receipt. */
export interface QueueEntryRequested {
  readonly type: 'QueueEntryRequested';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
  /** Names this one request. A second copy carries the same, and revives nobody. */
  readonly entryId: string;
}

/** Nobody is called until resumed; entries are accepted. */
export interface QueuePaused {
  readonly type: 'QueuePaused';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
}

/** Clears pause and close. */
export interface QueueResumed {
  readonly type: 'QueueResumed';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
}

/**
 * Vouches for log time that users could know of. What was due expires or is forgotten here, and only here: at most 500
 * entries.
 */
export interface TimePassed {
  readonly type: 'TimePassed';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /**
   * Log time up to which what was due lapses, in milliseconds since 1970 UTC; never beyond the log time of this record.
   */
  readonly through: number;
}

/** Ends the user's entry, and refuses them until reinstated. */
export interface UserDisqualified {
  readonly type: 'UserDisqualified';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
}

/** A disqualified user may ask again. Restores no entry. */
export interface UserReinstated {
  readonly type: 'UserReinstated';
  /** The concert whose queue this is about: 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, neither . nor .. alone. */
  readonly concertId: string;
  /** When the writer said it, by its own clock, in milliseconds since 1970 UTC. Informational: no rule reads it. */
  readonly occurredAt: number;
  /** The user, by the shop's pseudonym: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, neither ., .. nor me alone. */
  readonly userId: string;
}

/** Everything that `queue.entry` may hold. */
export type QueueEvent =
  | AdmissionClaimed
  | AdmissionCompleted
  | DrawHeld
  | EntriesAdmitted
  | NoticePosted
  | QueueClosed
  | QueueConfigured
  | QueueEntryLeft
  | QueueEntryRequested
  | QueuePaused
  | QueueResumed
  | TimePassed
  | UserDisqualified
  | UserReinstated;
