// Generated from /openapi.json by `npm run api:types`. Do not edit: change the schemas of the API instead.

/** RFC 9457. */
export interface Problem {
  /** Names the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What is wrong with this request, for people. */
  readonly detail: string;
  /** For programs. A closed list. */
  readonly code: 'INVALID_REQUEST' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'CONCERT_NOT_FOUND' | 'USER_NOT_FOUND' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' | 'NOT_READY' | 'ADMISSION_ENDED' | 'QUEUE_NOT_OPEN' | 'QUEUE_CLOSED' | 'QUEUE_FULL' | 'PAYLOAD_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE' | 'INSUFFICIENT_BALANCE' | 'TOO_MANY_REQUESTS' | 'INTERNAL' | 'LOG_UNAVAILABLE' | 'PROJECTION_UNAVAILABLE' | 'ELIGIBILITY_UNAVAILABLE' | 'OVERLOADED';
}

/** Where the log put the event. Smaller offset = earlier. */
export interface Receipt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The event is in the log, and takes effect once it is projected. */
export interface Receipted {
  readonly receipt: Receipt;
}

export interface Policy {
  /** Most READY and ACTIVE entries at once. */
  readonly capacity: number;
  /** Most entries called in a minute. */
  readonly admissionsPerMinute: number;
  /** How long whoever is called may take to claim. */
  readonly claimWindowSeconds: number;
  /** How long whoever claimed may take to buy. */
  readonly activeWindowSeconds: number;
  /** Most REGISTERED and WAITING entries; absent: no limit. */
  readonly maximumWaiting?: number;
  /** Points needed to enter; absent: none. */
  readonly minimumBalance?: number;
  /** When entries are first called, RFC 3339; absent: at once. */
  readonly opensAt?: string;
  /** Requests before the opening: refused, or registered for a draw (needs `opensAt`). */
  readonly beforeOpening?: 'reject' | 'draw';
  /** How long an outcome is kept. */
  readonly outcomeRetentionSeconds?: number;
}

/** What everyone may know of a queue. */
export interface Queue {
  /** Names a concert, and with it its queue. */
  readonly concertId: string;
  /** CLOSED: nobody enters or is called. PAUSED: nobody is called. SCHEDULED: before the opening. */
  readonly state: 'CLOSED' | 'PAUSED' | 'SCHEDULED' | 'OPEN';
  readonly policy: Policy;
  readonly opensAt?: string;
  /** Entries that stand before the draw. */
  readonly registered: number;
  /** Entries that wait for their call. */
  readonly waiting: number;
  /** Entries that are called and have not claimed yet. */
  readonly ready: number;
  /** Entries that claimed and may buy. */
  readonly active: number;
  /** The highest place called so far; -1 before the first. */
  readonly admittedThrough: number;
  /** Over the last five minutes. */
  readonly admittedPerMinute: number;
  /** For whoever would enter now; absent when nobody is being called. */
  readonly estimatedWaitSeconds?: number;
  /** The log is folded up to this offset. */
  readonly projectedOffset: number;
  /** Log time of that record. */
  readonly projectedAt: string;
  /** SHA-256 of the seed of the draw, hexadecimal. */
  readonly drawCommitment?: string;
  /** The seed itself, once the draw was held. */
  readonly drawSeed?: string;
}

/** Who asks: exactly one of the two; with `ENTRY_AUTH=jwt` none, since the user's own token says it. */
export interface EntryRequest {
  /** A pseudonym chosen by the shop; no e-mail address, no phone number. */
  readonly userId?: string;
  /** From which the shop's records give the user. Only with `ENTRY_AUTH=service`. */
  readonly phoneNumber?: string;
}

export interface EntryAccepted {
  /** The only key to this entry. Keep it. */
  readonly entryToken: string;
  readonly receipt: Receipt;
  readonly state: 'PENDING';
  /** Ask again after so many milliseconds. */
  readonly pollAfterMs: number;
}

export interface Entry {
  /** Names a concert, and with it its queue. */
  readonly concertId: string;
  /** A pseudonym chosen by the shop; no e-mail address, no phone number. */
  readonly userId: string;
  readonly state: 'PENDING' | 'REGISTERED' | 'WAITING' | 'READY' | 'ACTIVE' | 'COMPLETED' | 'EXPIRED' | 'LEFT' | 'DISQUALIFIED' | 'REJECTED';
  readonly receipt: Receipt;
  /** The number that orders the queue. */
  readonly place?: number;
  /** 1 is the next to be called. */
  readonly position?: number;
  /** How many stand before. */
  readonly ahead?: number;
  readonly estimatedWaitSeconds?: number;
  readonly claimBy?: string;
  readonly activeUntil?: string;
  readonly rejectedBecause?: 'QUEUE_NOT_OPEN' | 'QUEUE_CLOSED' | 'QUEUE_FULL' | 'DISQUALIFIED';
  /** Ask again after so many milliseconds. */
  readonly pollAfterMs: number;
  /** What is told here is folded up to this offset. */
  readonly projectedOffset: number;
}

export interface Admission {
  /** For the protected site: JWT, EdDSA. */
  readonly admissionToken: string;
  readonly activeUntil: string;
}

export const ERROR_CODES = [
  'INVALID_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CONCERT_NOT_FOUND',
  'USER_NOT_FOUND',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_READY',
  'ADMISSION_ENDED',
  'QUEUE_NOT_OPEN',
  'QUEUE_CLOSED',
  'QUEUE_FULL',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INSUFFICIENT_BALANCE',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'LOG_UNAVAILABLE',
  'PROJECTION_UNAVAILABLE',
  'ELIGIBILITY_UNAVAILABLE',
  'OVERLOADED',
] as const;

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

export const CALLS = {
  requestEntry: { method: 'POST', path: '/v1/concerts/{concertId}/queue/entries' },
  getMyEntry: { method: 'GET', path: '/v1/concerts/{concertId}/queue/entries/me' },
  followMyEntry: { method: 'GET', path: '/v1/concerts/{concertId}/queue/entries/me/events' },
  leaveQueue: { method: 'DELETE', path: '/v1/concerts/{concertId}/queue/entries/me' },
  claimAdmission: { method: 'POST', path: '/v1/concerts/{concertId}/queue/entries/me/claim' },
  completeAdmission: { method: 'POST', path: '/v1/admissions/complete' },
  getQueue: { method: 'GET', path: '/v1/concerts/{concertId}/queue' },
} as const;
