import type { Provider } from '@nestjs/common';
import { Startup } from '../application/health/startup.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import { MetricsExporter } from '../application/ports/metrics-exporter.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Tracing } from '../application/ports/tracing.port.ts';
import { ProjectionMonitor } from '../application/projection/projection-monitor.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import type { Settings } from '../config/settings.ts';
import { isTracingWanted } from '../config/tracing-wanted.ts';
import { OtelTracing } from '../infrastructure/driven/observability/otel-tracing.ts';
import { PrometheusExporter } from '../infrastructure/driven/observability/prometheus-exporter.ts';
import { PrometheusTelemetry } from '../infrastructure/driven/observability/prometheus-telemetry.ts';
import { outboxStatus } from '../infrastructure/driven/postgres/outbox-status.ts';
import { Backend } from './backend.ts';
import { Database } from './postgres.providers.ts';

/** undefined: nobody asked for traces. */
export function tracing(): Tracing | undefined {
  return isTracingWanted(process.env) ? new OtelTracing() : undefined;
}

/** What those on call see of a process: it counts as it goes, and reads the rest when somebody looks. */
export function observabilityProviders({ roles, queuePartitions, database: settings }: Settings): Provider[] {
  return [
    { provide: PrometheusTelemetry, useFactory: () => new PrometheusTelemetry() },
    { provide: Telemetry, useExisting: PrometheusTelemetry },
    {
      provide: ProjectionMonitor,
      useFactory: (projector: Projector, feed: LogSubscription) => new ProjectionMonitor(projector, feed),
      inject: [Projector, LogSubscription],
    },
    {
      provide: MetricsExporter,
      useFactory: (
        telemetry: PrometheusTelemetry,
        watch: ProjectionMonitor,
        projector: Projector,
        rebuilds: RebuildWorker,
        startup: Startup,
        foundation: Backend,
        database: Database,
      ) =>
        new PrometheusExporter(telemetry.registry, {
          roles,
          partitions: queuePartitions,
          watch,
          owned: () => projector.owned(),
          rebuilds,
          waitingFor: startup.waitingFor,
          connections: () => foundation.connections(),
          unacknowledged: () => foundation.unacknowledged(),
          relay: database.relay,
          outbox: settings && (() => outboxStatus(settings)),
        }),
      inject: [PrometheusTelemetry, ProjectionMonitor, Projector, RebuildWorker, Startup, Backend, Database],
    },
  ];
}
