import type { Registry } from 'prom-client';
import { PROJECTION_STEPS } from '../../../application/projection/projection-dependencies.ts';
import type { MonitoredPartition } from '../../../application/projection/projection-monitor.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

const STATES = ['live', 'catching up', 'loading', 'stuck'] as const satisfies readonly MonitoredPartition['state'][];

const labelOf = (name: string): string => name.replaceAll(' ', '_');

/** Progress of the partitions of this process. */
export function projectionMetrics(registry: Registry, { partitions, monitor, projections }: MetricSources): void {
  const labels = ['partition'];
  const each = (value: (partition: MonitoredPartition) => number) => (): Sample[] =>
    monitor.partitions().map((status) => [value(status), `${status.partition}`]);

  gauge(registry, {
    name: 'concert_queue_partitions',
    help: 'Partitions of the log.',
    read: () => [[partitions]],
  });
  gauge(registry, {
    name: 'concert_queue_projection_lag_events',
    help: 'Records that the view does not contain yet.',
    labels,
    read: each(({ lagEvents }) => lagEvents),
  });
  gauge(registry, {
    name: 'concert_queue_projection_lag_seconds',
    help: 'Upper bound of the age of the oldest record that the view does not contain; 0 if there is none.',
    labels,
    read: each(({ lagSeconds }) => lagSeconds),
  });
  gauge(registry, {
    name: 'concert_queue_projection_offset',
    help: 'The view contains all records up to this offset.',
    labels,
    read: each(({ projectedOffset }) => projectedOffset),
  });
  gauge(registry, {
    name: 'concert_queue_log_end_offset',
    help: 'Offset of the next record of the partition.',
    labels,
    read: each(({ logEnd }) => logEnd),
  });
  gauge(registry, {
    name: 'concert_queue_projection_state',
    help: '1 for the current state of the partition.',
    labels: ['partition', 'state'],
    read: () =>
      monitor
        .partitions()
        .flatMap(({ partition, state }) =>
          STATES.map((name): Sample => [name === state ? 1 : 0, `${partition}`, labelOf(name)]),
        ),
  });
  gauge(registry, {
    name: 'concert_queue_projection_stuck',
    help: '1 if the projection of the partition is stopped at this step: a call to the log, the dead letters, the schemas or the view fails. The log of the process has the reason.',
    labels: ['partition', 'step'],
    read: () =>
      monitor
        .partitions()
        .flatMap(({ partition, stuckAt }) =>
          PROJECTION_STEPS.map((step): Sample => [step === stuckAt ? 1 : 0, `${partition}`, labelOf(step)]),
        ),
  });
  gauge(registry, {
    name: 'concert_queue_dead_letters',
    help: 'Skipped records of the partition.',
    labels,
    read: each(({ deadLetters }) => deadLetters),
  });
  gauge(registry, {
    name: 'concert_queue_concerts',
    help: 'Queues in the partition.',
    labels,
    read: each(({ concerts }) => concerts),
  });
  counter(registry, {
    name: 'concert_queue_events_folded_total',
    help: 'Records folded or skipped, including replays.',
    labels,
    read: () => projections().map(({ partition, counters }) => [counters.events, `${partition}`]),
  });
  counter(registry, {
    name: 'concert_queue_view_repairs_total',
    help: 'Damaged views that the periodic check found and rewrote.',
    labels,
    read: () => projections().map(({ partition, counters }) => [counters.repairs, `${partition}`]),
  });
}
