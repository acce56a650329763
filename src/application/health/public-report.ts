import type { MonitoredPartition } from '../projection/projection-monitor.ts';
import type { HealthReport } from './health-report.ts';

/** The report without addresses, names and servers' texts: states, and causes from a closed list. */
export function publicReport({ ready, roles, partitions, view }: HealthReport): HealthReport {
  const bare = Object.entries(roles).map(
    ([role, { ready, cause }]) => [role, { ready, ...(cause && { cause }) }] as const,
  );
  return {
    ready,
    roles: Object.fromEntries(bare),
    ...(partitions && { partitions: partitions.map(withoutReason) }),
    view: { state: view.state },
  };
}

function withoutReason(partition: MonitoredPartition): MonitoredPartition {
  const { reason: _reason, ...shown } = partition;
  return shown;
}
