import type { Registry } from 'prom-client';
import type { MetricSources } from './metric-sources.ts';
import { gauge } from './scrape-metrics.ts';

/** What this process is, and what it is connected to. */
export function processMetrics(registry: Registry, sources: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_info',
    help: 'Always 1; says what this process does.',
    labels: ['roles'],
    read: () => [[1, [...sources.roles].toSorted().join(',')]],
  });
  gauge(registry, {
    name: 'concert_queue_start_waiting',
    help: 'Steps of the start that have not worked yet.',
    labels: ['step'],
    read: () => Array.from(sources.waitingFor.keys(), (step) => [1, step]),
  });
  gauge(registry, {
    name: 'concert_queue_connected',
    help: 'Whether a server is connected to, by all that this process knows without asking it.',
    labels: ['server'],
    read: () => Object.entries(sources.connections()).map(([server, isUp]) => [isUp ? 1 : 0, server]),
  });
  gauge(registry, {
    name: 'concert_queue_log_unacknowledged_records',
    help: 'Records on their way to the log.',
    read: () => [[sources.unacknowledged()]],
  });
}
