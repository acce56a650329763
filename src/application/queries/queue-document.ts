import { estimatedWaitSeconds } from '../../domain/estimates.ts';
import type { Policy } from '../../domain/events.generated.ts';
import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import { admittedPerMinute } from '../../domain/recent-admissions.ts';
import type { ConcertId, LogTime, Offset, QueueStatus } from '../../domain/types.ts';

/** The operator's notice to all users of a queue. */
export interface NoticeDocument {
  /** Plain text by language tag; never empty. */
  readonly texts: Readonly<Record<string, string>>;
  /** Log time. */
  readonly postedAt: LogTime;
}

/** What every user sees of a queue: its state, and the notice if there is one. */
export interface QueueStatusDocument {
  readonly state: QueueStatus;
  readonly notice?: NoticeDocument;
}

/** The public document of a queue. Times in milliseconds since 1970; the APIs write RFC 3339. */
export interface QueueDocument extends QueueStatusDocument {
  readonly concertId: ConcertId;
  readonly policy: Policy;
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  /** Highest place called so far; -1 before the first. */
  readonly admittedThrough: Offset;
  /** Over the last five minutes of log time. */
  readonly admittedPerMinute: number;
  /** For a user who enters now; absent while no entry is called. */
  readonly estimatedWaitSeconds?: number;
  readonly projectedOffset: Offset;
  /** Log time of the last folded record. */
  readonly projectedAt: LogTime;
  readonly drawCommitment?: string;
  readonly drawSeed?: string;
}

/** The state that a stored queue shows: CLOSED before PAUSED before SCHEDULED before OPEN. */
export function stateOf({ closed, paused, openedAt }: QueueAttributes): QueueStatus {
  if (closed) return 'CLOSED';
  if (paused) return 'PAUSED';
  return openedAt === null ? 'SCHEDULED' : 'OPEN';
}

export function statusOf(attributes: QueueAttributes): QueueStatusDocument {
  const { texts = {}, postedAt = 0 } = attributes.notice ?? {};
  const isPosted = Object.keys(texts).length > 0;
  return { state: stateOf(attributes), ...(isPosted && { notice: { texts, postedAt } }) };
}

export function documentOf(concertId: ConcertId, offset: Offset, attributes: QueueAttributes): QueueDocument {
  const { counts, draw, policy, time } = attributes;
  const wait = estimatedWaitSeconds(counts.waiting + counts.registered, attributes);
  return {
    concertId,
    ...statusOf(attributes),
    policy,
    registered: counts.registered,
    waiting: counts.waiting,
    ready: counts.ready,
    active: counts.active,
    admittedThrough: attributes.admittedThrough,
    admittedPerMinute: admittedPerMinute(attributes.recentAdmissions, time, attributes.openedAt ?? time),
    ...(wait !== undefined && { estimatedWaitSeconds: wait }),
    projectedOffset: offset,
    projectedAt: time,
    ...(draw && { drawCommitment: draw.commitment, ...(draw.seed !== null && { drawSeed: draw.seed }) }),
  };
}
