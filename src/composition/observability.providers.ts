import type { Provider } from '@nestjs/common';
import { Startup } from '../application/health/startup.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import { MetricsExporter } from '../application/ports/metrics-exporter.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import { ProjectionMonitor } from '../application/projection/projection-monitor.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import type { Settings } from '../config/settings.ts';
import { OtelTracing } from '../infrastructure/driven/observability/otel-tracing.ts';
import { PrometheusExporter } from '../infrastructure/driven/observability/prometheus-exporter.ts';
import { PrometheusTelemetry } from '../infrastructure/driven/observability/prometheus-telemetry.ts';
import { outboxStatus } from '../infrastructure/driven/postgres/outbox-status.ts';
import { Backend } from './backend.ts';
import { Database } from './postgres.providers.ts';

/** Token of `Tracing`. Its value is undefined if tracing is disabled. */
export const TRACING = Symbol('Tracing');

/** Metrics and traces. Most metrics are collected on scrape. */
export function observabilityProviders({ roles, queuePartitions, database: settings, tracing }: Settings): Provider[] {
  return [
    { provide: TRACING, useFactory: () => (tracing ? new OtelTracing() : undefined) },
    { provide: PrometheusTelemetry, useFactory: () => new PrometheusTelemetry() },
    { provide: Telemetry, useExisting: PrometheusTelemetry },
    {
      provide: ProjectionMonitor,
      useFactory: (projector: Projector, subscription: LogSubscription) =>
        new ProjectionMonitor(projector, subscription),
      inject: [Projector, LogSubscription],
    },
    {
      provide: MetricsExporter,
      useFactory: (
        telemetry: PrometheusTelemetry,
        monitor: ProjectionMonitor,
        projector: Projector,
        rebuilds: RebuildWorker,
        startup: Startup,
        backend: Backend,
        database: Database,
        log: EventLog,
      ) =>
        new PrometheusExporter(telemetry.registry, {
          roles,
          partitions: queuePartitions,
          monitor,
          projections: () => projector.owned(),
          rebuilds,
          waitingFor: startup.waitingFor,
          connections: () => backend.connections(),
          unacknowledged: () => backend.unacknowledged(),
          logTime: () => log.now(),
          relay: database.relay,
          outbox: settings && (() => outboxStatus(settings)),
        }),
      inject: [PrometheusTelemetry, ProjectionMonitor, Projector, RebuildWorker, Startup, Backend, Database, EventLog],
    },
  ];
}
