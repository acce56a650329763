import type { RelayState } from '../../../application/outbox/relay.ts';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import type { RebuildProgress } from '../../../application/ports/rebuild-requests.port.ts';
import type { PartitionProjection } from '../../../application/projection/partition-projection.ts';
import type { MonitoredPartition } from '../../../application/projection/projection-monitor.ts';

/** Where the metrics read their values on scrape. Only the outbox makes a network call. */
export interface MetricSources {
  readonly roles: Iterable<string>;
  /** Number of partitions of the log. */
  readonly partitions: number;
  readonly monitor: { partitions(): readonly MonitoredPartition[] };
  /** The partitions that this process projects. */
  readonly projections: () => readonly PartitionProjection[];
  readonly rebuilds: {
    readonly progress: RebuildProgress | undefined;
    readonly outcomes: { readonly done: number; readonly failed: number };
  };
  /** Startup steps that have not succeeded yet, with the reason. */
  readonly waitingFor: ReadonlyMap<string, string>;
  /** Connection state by server name. */
  readonly connections: () => Readonly<Record<string, boolean>>;
  /** Number of records sent to the log and not acknowledged. */
  readonly unacknowledged: () => number;
  /** Estimated log time; undefined before the first acknowledgement. */
  readonly logTime: () => number | undefined;
  /** Only with the role `relay`. */
  readonly relay?: { readonly state: RelayState; readonly published: number } | undefined;
  readonly outbox?: (() => Promise<OutboxStatus>) | undefined;
}
