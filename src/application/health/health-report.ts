import type { MonitoredPartition } from '../projection/projection-monitor.ts';

/** What a role of this process says of itself. */
export interface HealthReport {
  /** False: this role cannot do its work. */
  readonly ready: boolean;
  readonly roles: Readonly<Record<string, { readonly ready: boolean; readonly detail: string }>>;
  /** With the role `projector`: those assigned to this process. */
  readonly partitions?: readonly MonitoredPartition[];
  /** Told, but never a reason to take the process out: e.g. a view that lags or is gone. */
  readonly view: { readonly state: 'current' | 'lagging' | 'away'; readonly detail: string };
}

/** Asked by the health routes; bounded by 1 s. */
export interface Health {
  report(): Promise<HealthReport>;
}
export const Health = Symbol('Health');
