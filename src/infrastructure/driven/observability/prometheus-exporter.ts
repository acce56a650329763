import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { MetricsExporter } from '../../../application/ports/metrics-exporter.port.ts';
import type { MetricSources } from './metric-sources.ts';
import { processMetrics } from './process-metrics.ts';
import { projectionMetrics } from './projection-metrics.ts';
import { queueMetrics } from './queue-metrics.ts';
import { rebuildMetrics } from './rebuild-metrics.ts';
import { relayMetrics } from './relay-metrics.ts';

/** The page that Prometheus scrapes: what was counted, and what is read at that moment. */
export class PrometheusExporter implements MetricsExporter {
  readonly contentType: string;

  constructor(
    private readonly registry: Registry,
    sources: MetricSources,
  ) {
    this.contentType = registry.contentType;
    processMetrics(registry, sources);
    projectionMetrics(registry, sources);
    queueMetrics(registry, sources);
    rebuildMetrics(registry, sources);
    relayMetrics(registry, sources);
    // A command does not live long enough to be looked at.
    if ([...sources.roles].length > 0) collectDefaultMetrics({ register: registry });
  }

  scrape(): Promise<string> {
    return this.registry.metrics();
  }
}
