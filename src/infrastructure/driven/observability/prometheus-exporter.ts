import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { MetricsExporter } from '../../../application/ports/metrics-exporter.port.ts';
import type { MetricSources } from './metric-sources.ts';
import { processMetrics } from './process-metrics.ts';
import { projectionMetrics } from './projection-metrics.ts';
import { queueMetrics } from './queue-metrics.ts';
import { rebuildMetrics } from './rebuild-metrics.ts';
import { relayMetrics } from './relay-metrics.ts';

/** The metrics page: counted values, and values that are read on scrape. */
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
    // A command is not scraped.
    if ([...sources.roles].length > 0) collectDefaultMetrics({ register: registry });
  }

  scrape(): Promise<string> {
    return this.registry.metrics();
  }
}
