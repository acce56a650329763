import type { HealthReport } from './health-report.ts';

/** The report without addresses, names and servers' texts: states, and causes from a closed list. */
export function publicReport({ ready, roles, partitions, view }: HealthReport): HealthReport {
  const bare = Object.entries(roles).map(([role, { detail: _, ...health }]) => [role, health] as const);
  return {
    ready,
    roles: Object.fromEntries(bare),
    ...(partitions && { partitions: partitions.map(({ reason: _, ...partition }) => partition) }),
    view: { state: view.state },
  };
}
