import type { Registry } from 'prom-client';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge } from './scrape-metrics.ts';

/** The running rebuild of this process. */
export function rebuildMetrics(registry: Registry, { rebuilds }: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_rebuild_running',
    help: '1 while a rebuild is running.',
    read: () => [[rebuilds.progress ? 1 : 0]],
  });
  gauge(registry, {
    name: 'concert_queue_rebuild_events',
    help: 'Records that the running rebuild has read.',
    read: () => [[rebuilds.progress?.events ?? 0]],
  });
  gauge(registry, {
    name: 'concert_queue_rebuild_target_events',
    help: 'Records that the running rebuild must read.',
    read: () => [[rebuilds.progress?.targetEvents ?? 0]],
  });
  counter(registry, {
    name: 'concert_queue_rebuilds_total',
    help: 'Finished rebuilds by outcome.',
    labels: ['outcome'],
    read: () => [
      [rebuilds.outcomes.done, 'done'],
      [rebuilds.outcomes.failed, 'failed'],
    ],
  });
}
