import type { Registry } from 'prom-client';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge } from './scrape-metrics.ts';

/** The rebuild under way in this process. */
export function rebuildMetrics(registry: Registry, { rebuilds }: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_rebuild_running',
    help: '1 while a rebuild is under way.',
    read: () => [[rebuilds.progress ? 1 : 0]],
  });
  gauge(registry, {
    name: 'concert_queue_rebuild_events',
    help: 'Records that the rebuild under way has read.',
    read: () => [[rebuilds.progress?.events ?? 0]],
  });
  gauge(registry, {
    name: 'concert_queue_rebuild_events_in_all',
    help: 'Records that it has to read.',
    read: () => [[rebuilds.progress?.targetEvents ?? 0]],
  });
  counter(registry, {
    name: 'concert_queue_rebuilds_total',
    help: 'Rebuilds that have ended, by how.',
    labels: ['outcome'],
    read: () => [
      [rebuilds.outcomes.done, 'done'],
      [rebuilds.outcomes.failed, 'failed'],
    ],
  });
}
