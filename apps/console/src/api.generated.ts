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

export interface QueuePage {
  readonly queues: readonly (Queue)[];
  /** Give it as `cursor` for the next page; absent on the last. */
  readonly nextCursor?: string;
}

/** How far each partition is projected, by whom, and whether it moves. */
export interface Projections {
  readonly partitions: readonly ({
    /** Of the topic of events. */
    readonly partition: number;
    readonly state: 'current' | 'catching up' | 'stuck';
    /** Set when stuck: as far as it can be seen from outside. */
    readonly reason?: string;
    /** Who last wrote the partition's record; absent while there is none. */
    readonly owner?: string;
    readonly writtenAt?: string;
    /** Configured concerts. */
    readonly concerts: number;
    /** Offset that the next record will get. */
    readonly logEnd: number;
    /** All up to here is folded and written. */
    readonly projectedOffset: number;
    /** Records that are not projected yet. */
    readonly lagEvents: number;
    /** Age of the oldest of them. */
    readonly lagSeconds: number;
    /** Projected during the last second. */
    readonly eventsPerSecond: number;
    /** Records that were passed over. */
    readonly deadLetters: number;
  })[];
}

export const CALLS = {
  listQueues: { method: 'GET', path: '/v1/queues' },
  configureQueue: { method: 'PUT', path: '/v1/concerts/{concertId}/queue' },
  pauseQueue: { method: 'POST', path: '/v1/concerts/{concertId}/queue/pause' },
  resumeQueue: { method: 'POST', path: '/v1/concerts/{concertId}/queue/resume' },
  closeQueue: { method: 'POST', path: '/v1/concerts/{concertId}/queue/close' },
  disqualifyUser: { method: 'DELETE', path: '/v1/concerts/{concertId}/queue/entries/{userId}' },
  reinstateUser: { method: 'POST', path: '/v1/concerts/{concertId}/queue/entries/{userId}/reinstate' },
  getProjections: { method: 'GET', path: '/v1/projections' },
} as const;
