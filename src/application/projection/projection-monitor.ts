import type { Offset } from '../../domain/types.ts';
import type { SubscriptionStatus } from '../ports/log-subscription.port.ts';
import type { PartitionProjection } from './partition-projection.ts';
import type { ProjectionStep } from './projection-dependencies.ts';

/** A smaller lag counts as live. */
const LATE_AFTER_SECONDS = 2;

/** Projection status of one partition of this process. */
export interface MonitoredPartition {
  readonly partition: number;
  /** `loading`: the view is being loaded; `stuck`: the last attempt failed. */
  readonly state: 'live' | 'catching up' | 'loading' | 'stuck';
  /** Set when stuck: the dependency that failed, and why. */
  readonly stuckAt?: ProjectionStep;
  readonly reason?: string;
  /** Everything up to this offset is folded and written; -1 before the first record. */
  readonly projectedOffset: Offset;
  /** Offset of the next record. */
  readonly logEnd: Offset;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly concerts: number;
  readonly deadLetters: number;
}

/** Status of the partitions of this process, from memory: makes no network call. */
export class ProjectionMonitor {
  constructor(
    private readonly projector: { readonly partitions: ReadonlyMap<number, PartitionProjection> },
    private readonly subscription: { status(): readonly SubscriptionStatus[] },
  ) {}

  /** Partitions that are assigned to this process. */
  partitions(): readonly MonitoredPartition[] {
    return this.subscription.status().map((status) => this.#statusOf(status));
  }

  #statusOf({ partition, state, reason }: SubscriptionStatus): MonitoredPartition {
    const projection = this.projector.partitions.get(partition);
    const lag = projection?.lag ?? { projected: -1, logEnd: 0, events: 0, seconds: 0 };
    const figures = {
      partition,
      projectedOffset: lag.projected,
      logEnd: lag.logEnd,
      lagEvents: lag.events,
      lagSeconds: lag.seconds,
      concerts: projection?.concerts.size ?? 0,
      deadLetters: projection?.skipped.all.size ?? 0,
    };
    if (state === 'backing-off')
      return { ...figures, state: 'stuck', stuckAt: projection?.currentStep ?? 'log', reason: reason ?? 'unknown' };
    if (state === 'loading') return { ...figures, state };
    const isLate = projection?.caughtUp === false || lag.seconds > LATE_AFTER_SECONDS;
    return { ...figures, state: isLate ? 'catching up' : 'live' };
  }
}
