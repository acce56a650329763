// Generated from schemas/*.avsc by `npm run schemas:types`. Do not edit: change the schema instead.

/** How a queue admits: limits, windows and the opening. */
export interface Policy {
  readonly capacity: number;
  readonly admissionsPerMinute: number;
  readonly claimWindowSeconds: number;
  readonly activeWindowSeconds: number;
  readonly maximumWaiting: number | null;
  readonly minimumBalance: number | null;
  readonly opensAt: number | null;
  readonly beforeOpening: 'reject' | 'draw';
  readonly outcomeRetentionSeconds: number;
}

export interface QueueConfigured {
  readonly type: 'QueueConfigured';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly policy: Policy;
  readonly drawNonce: string | null;
  readonly drawCommitment: string | null;
}

export interface QueuePaused {
  readonly type: 'QueuePaused';
  readonly concertId: string;
  readonly occurredAt: number;
}

export interface QueueResumed {
  readonly type: 'QueueResumed';
  readonly concertId: string;
  readonly occurredAt: number;
}

export interface QueueClosed {
  readonly type: 'QueueClosed';
  readonly concertId: string;
  readonly occurredAt: number;
}

export interface DrawHeld {
  readonly type: 'DrawHeld';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly seed: string;
}

export interface QueueEntryRequested {
  readonly type: 'QueueEntryRequested';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
  readonly entryId: string;
}

export interface QueueEntryLeft {
  readonly type: 'QueueEntryLeft';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
  readonly tokenOffset: number;
}

export interface UserDisqualified {
  readonly type: 'UserDisqualified';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
}

export interface UserReinstated {
  readonly type: 'UserReinstated';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
}

export interface EntriesAdmitted {
  readonly type: 'EntriesAdmitted';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly through: number;
}

export interface AdmissionClaimed {
  readonly type: 'AdmissionClaimed';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
  readonly tokenOffset: number;
}

export interface AdmissionCompleted {
  readonly type: 'AdmissionCompleted';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly userId: string;
  readonly tokenOffset: number;
}

export interface TimePassed {
  readonly type: 'TimePassed';
  readonly concertId: string;
  readonly occurredAt: number;
  readonly through: number;
}

/** Everything that `queue.entry` may hold. */
export type QueueEvent =
  | QueueConfigured
  | QueuePaused
  | QueueResumed
  | QueueClosed
  | DrawHeld
  | QueueEntryRequested
  | QueueEntryLeft
  | UserDisqualified
  | UserReinstated
  | EntriesAdmitted
  | AdmissionClaimed
  | AdmissionCompleted
  | TimePassed;
