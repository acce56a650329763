import type { Registry } from 'prom-client';
import type { MonitoredPartition } from '../../../application/projection/projection-monitor.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

const STATES = ['live', 'catching up', 'loading', 'stuck'] as const satisfies readonly MonitoredPartition['state'][];
const STEPS = ['log', 'dead letters', 'schemas', 'view'] as const;

const named = (words: string): string => words.replaceAll(' ', '_');

/** How far the partitions of this process are. */
export function projectionMetrics(registry: Registry, { partitions, watch, owned }: MetricSources): void {
  const labels = ['partition'];
  const each = (value: (one: MonitoredPartition) => number) => (): Sample[] =>
    watch.partitions().map((one) => [value(one), `${one.partition}`]);

  gauge(registry, {
    name: 'concert_queue_partitions',
    help: 'Partitions of the log.',
    read: () => [[partitions]],
  });
  gauge(registry, {
    name: 'concert_queue_projection_lag_events',
    help: 'Records that the view does not show: not folded, or not written.',
    labels,
    read: each(({ lagEvents }) => lagEvents),
  });
  gauge(registry, {
    name: 'concert_queue_projection_lag_seconds',
    help: 'Age of the oldest record that the view does not show, at most; 0 when there is none.',
    labels,
    read: each(({ lagSeconds }) => lagSeconds),
  });
  gauge(registry, {
    name: 'concert_queue_projection_offset',
    help: 'All up to this offset is folded and written.',
    labels,
    read: each(({ projectedOffset }) => projectedOffset),
  });
  gauge(registry, {
    name: 'concert_queue_log_end_offset',
    help: 'Offset that the next record of the partition will get.',
    labels,
    read: each(({ logEnd }) => logEnd),
  });
  gauge(registry, {
    name: 'concert_queue_projection_state',
    help: '1 for the state in which the partition is.',
    labels: ['partition', 'state'],
    read: () =>
      watch
        .partitions()
        .flatMap(({ partition, state }) =>
          STATES.map((one): Sample => [one === state ? 1 : 0, `${partition}`, named(one)]),
        ),
  });
  gauge(registry, {
    name: 'concert_queue_projection_stuck',
    help: '1 where the partition stands still: the log or the dead letters cannot be read or written, a schema cannot be looked up, the view cannot be written. The log of the process says why.',
    labels: ['partition', 'step'],
    read: () =>
      watch
        .partitions()
        .flatMap(({ partition, stuckAt }) =>
          STEPS.map((step): Sample => [step === stuckAt ? 1 : 0, `${partition}`, named(step)]),
        ),
  });
  gauge(registry, {
    name: 'concert_queue_dead_letters',
    help: 'Records of the partition that are left out of the fold.',
    labels,
    read: each(({ deadLetters }) => deadLetters),
  });
  gauge(registry, {
    name: 'concert_queue_concerts',
    help: 'Queues of the partition.',
    labels,
    read: each(({ concerts }) => concerts),
  });
  counter(registry, {
    name: 'concert_queue_events_folded_total',
    help: 'Records folded or passed over, those of replays included.',
    labels,
    read: () => owned().map(({ partition, counters }) => [counters.events, `${partition}`]),
  });
  counter(registry, {
    name: 'concert_queue_view_repairs_total',
    help: 'Views that were found damaged where nothing happened, and written anew.',
    labels,
    read: () => owned().map(({ partition, counters }) => [counters.repairs, `${partition}`]),
  });
}
