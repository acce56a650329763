import { estimatedWaitSeconds } from '../../domain/estimates.ts';
import type { Policy } from '../../domain/events.generated.ts';
import type { QueueScalars } from '../../domain/queue-snapshot.ts';
import { admittedPerMinute } from '../../domain/recent-admissions.ts';
import type { ConcertId, LogTime, Offset, QueueState } from '../../domain/types.ts';

/** What everyone may know of a queue. Times in milliseconds since 1970; doors write them as RFC 3339. */
export interface QueueDocument {
  readonly concertId: ConcertId;
  readonly state: QueueState;
  readonly policy: Policy;
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  /** Highest place called so far; -1 before the first. */
  readonly admittedThrough: Offset;
  /** Over the last five minutes of log time. */
  readonly admittedPerMinute: number;
  /** For whoever would enter now; absent when nobody is being called. */
  readonly estimatedWaitSeconds?: number;
  readonly projectedOffset: Offset;
  /** Log time of the last folded record. */
  readonly projectedAt: LogTime;
  readonly drawCommitment?: string;
  readonly drawSeed?: string;
}

/** Of `state`, what a stored queue shows: CLOSED before PAUSED before SCHEDULED before OPEN. */
export function stateOf({ closed, paused, openedAt }: QueueScalars): QueueState {
  if (closed) return 'CLOSED';
  if (paused) return 'PAUSED';
  return openedAt === null ? 'SCHEDULED' : 'OPEN';
}

export function documentOf(concertId: ConcertId, offset: Offset, scalars: QueueScalars): QueueDocument {
  const { counts, draw, policy, time } = scalars;
  const wait = estimatedWaitSeconds(counts.waiting + counts.registered, scalars);
  return {
    concertId,
    state: stateOf(scalars),
    policy,
    registered: counts.registered,
    waiting: counts.waiting,
    ready: counts.ready,
    active: counts.active,
    admittedThrough: scalars.admittedThrough,
    admittedPerMinute: admittedPerMinute(scalars.recentAdmissions, time, scalars.openedAt ?? time),
    ...(wait !== undefined && { estimatedWaitSeconds: wait }),
    projectedOffset: offset,
    projectedAt: time,
    ...(draw && { drawCommitment: draw.commitment, ...(draw.seed !== null && { drawSeed: draw.seed }) }),
  };
}
