import type { MonitoredPartition } from '../projection/projection-monitor.ts';

/** Why a role is not ready; documented in docs/operations.md. */
export const HEALTH_CAUSES = [
  'STARTING',
  'GROUP_UNAVAILABLE',
  'LOG_UNAVAILABLE',
  'PARTITION_STUCK',
  'PARTITION_LOADING',
  'OUTBOX_UNAVAILABLE',
] as const;
export type HealthCause = (typeof HEALTH_CAUSES)[number];

export interface RoleHealth {
  readonly ready: boolean;
  /** Set when not ready. */
  readonly cause?: HealthCause;
  /** For operators alone: may name servers and addresses. */
  readonly detail?: string;
}

/** The health of the roles of this process. */
export interface HealthReport {
  /** False: this role cannot do its work. */
  readonly ready: boolean;
  readonly roles: Readonly<Record<string, RoleHealth>>;
  /** With the role `projector`: those assigned to this process. */
  readonly partitions?: readonly MonitoredPartition[];
  /** Reported, but never a reason for unreadiness: the view may lag or be unavailable. */
  readonly view: { readonly state: 'current' | 'lagging' | 'away'; readonly detail?: string };
}

/** For the health routes. Answers within about 1 s. */
export interface Health {
  report(): Promise<HealthReport>;
}
export const Health = Symbol('Health');
