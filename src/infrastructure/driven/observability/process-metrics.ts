import type { Registry } from 'prom-client';
import type { MetricSources } from './metric-sources.ts';
import { gauge } from './scrape-metrics.ts';

/** Roles, startup and connections of this process. */
export function processMetrics(registry: Registry, sources: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_info',
    help: 'Always 1; the label has the roles of the process.',
    labels: ['roles'],
    read: () => [[1, [...sources.roles].toSorted().join(',')]],
  });
  gauge(registry, {
    name: 'concert_queue_startup_pending',
    help: '1 for each startup step that has not succeeded yet.',
    labels: ['step'],
    read: () => Array.from(sources.waitingFor.keys(), (step) => [1, step]),
  });
  gauge(registry, {
    name: 'concert_queue_dependency_up',
    help: '1 while the process is connected to the server, as of the last response.',
    labels: ['server'],
    read: () => Object.entries(sources.connections()).map(([server, isUp]) => [isUp ? 1 : 0, server]),
  });
  gauge(registry, {
    name: 'concert_queue_clock_offset_seconds',
    help: 'Difference between the clock of the process and log time, as of the last acknowledgement.',
    read: () => {
      const logTime = sources.logTime();
      return logTime === undefined ? [] : [[Math.abs(Date.now() - logTime) / 1_000]];
    },
  });
  gauge(registry, {
    name: 'concert_queue_log_unacknowledged_records',
    help: 'Records sent to the log and not acknowledged yet.',
    read: () => [[sources.unacknowledged()]],
  });
}
