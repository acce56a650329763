import type { RelayState } from '../../../application/outbox/relay.ts';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import type { RebuildProgress } from '../../../application/ports/rebuild-requests.port.ts';
import type { PartitionProjection } from '../../../application/projection/partition-projection.ts';
import type { MonitoredPartition } from '../../../application/projection/projection-monitor.ts';

/** What metrics are read from when somebody looks: each answers at once, but for the outbox. */
export interface MetricSources {
  readonly roles: Iterable<string>;
  /** Of the topic. */
  readonly partitions: number;
  readonly watch: { partitions(): readonly MonitoredPartition[] };
  /** Those that this process writes now. */
  readonly owned: () => readonly PartitionProjection[];
  readonly rebuilds: {
    readonly progress: RebuildProgress | undefined;
    readonly outcomes: { readonly done: number; readonly failed: number };
  };
  /** Steps of the start that have not worked yet. */
  readonly waitingFor: ReadonlyMap<string, string>;
  /** By server: whether it is connected to. */
  readonly connections: () => Readonly<Record<string, boolean>>;
  /** Records on their way to the log. */
  readonly unacknowledged: () => number;
  /** Only with the role `relay`. */
  readonly relay?: { readonly state: RelayState; readonly published: number } | undefined;
  readonly outbox?: (() => Promise<OutboxStatus>) | undefined;
}
