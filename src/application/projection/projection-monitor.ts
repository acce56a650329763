import type { Offset } from '../../domain/types.ts';
import type { SubscriptionStatus } from '../ports/log-subscription.port.ts';
import type { PartitionProjection } from './partition-projection.ts';
import type { Step } from './projection-dependencies.ts';

/** A record that is younger is under way, not late. */
const UNDER_WAY_SECONDS = 2;

/** How one partition of this process stands. */
export interface MonitoredPartition {
  readonly partition: number;
  /** `loading`: neither read nor written yet. */
  readonly state: 'live' | 'catching up' | 'loading' | 'stuck';
  /** Set when stuck: what it cannot do, and why. */
  readonly stuckAt?: Step;
  readonly reason?: string;
  /** All up to here is folded and written; -1 before the first. */
  readonly projectedOffset: Offset;
  /** Offset that the next record will get. */
  readonly logEnd: Offset;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly concerts: number;
  readonly deadLetters: number;
}

/** What the projector of this process knows of its partitions: asked at any time, it asks no server. */
export class ProjectionMonitor {
  constructor(
    private readonly projector: { readonly partitions: ReadonlyMap<number, PartitionProjection> },
    private readonly feed: { status(): readonly SubscriptionStatus[] },
  ) {}

  /** Partitions that are assigned to this process, by number. */
  look(): readonly MonitoredPartition[] {
    return this.feed.status().map((status) => this.#of(status));
  }

  #of({ partition, state, reason }: SubscriptionStatus): MonitoredPartition {
    const projection = this.projector.partitions.get(partition);
    const lag = projection?.lag ?? { shown: -1, end: 0, events: 0, seconds: 0 };
    const numbers = {
      partition,
      projectedOffset: lag.shown,
      logEnd: lag.end,
      lagEvents: lag.events,
      lagSeconds: lag.seconds,
      concerts: projection?.concerts.size ?? 0,
      deadLetters: projection?.skipped.all.size ?? 0,
    };
    if (state === 'backing-off')
      return { ...numbers, state: 'stuck', stuckAt: projection?.step ?? 'log', reason: reason ?? 'failing' };
    if (state === 'loading') return { ...numbers, state };
    const late = projection?.caughtUp === false || lag.seconds > UNDER_WAY_SECONDS;
    return { ...numbers, state: late ? 'catching up' : 'live' };
  }
}
