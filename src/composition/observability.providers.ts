import type { Provider } from '@nestjs/common';
import { Startup } from '../application/health/startup.ts';
import { LogFeed } from '../application/ports/log-subscription.port.ts';
import { MetricsPage } from '../application/ports/metrics-exporter.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Tracing } from '../application/ports/tracing.port.ts';
import { ProjectionWatch } from '../application/projection/projection-monitor.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildDesk } from '../application/projection/rebuild-worker.ts';
import type { Settings } from '../config/settings.ts';
import { isTracingWanted } from '../config/tracing-wanted.ts';
import { OtelTracing } from '../infrastructure/driven/observability/otel-tracing.ts';
import { PrometheusPage } from '../infrastructure/driven/observability/prometheus-exporter.ts';
import { PrometheusTelemetry } from '../infrastructure/driven/observability/prometheus-telemetry.ts';
import { outboxStatus } from '../infrastructure/driven/postgres/outbox-status.ts';
import { Foundation } from './backend.ts';
import { Database } from './postgres.providers.ts';

/** undefined: nobody asked for traces. */
export function tracing(): Tracing | undefined {
  return isTracingWanted(process.env) ? new OtelTracing() : undefined;
}

/** What those on call see of a process: it counts as it goes, and reads the rest when somebody looks. */
export function sightProviders({ roles, queuePartitions, database: settings }: Settings): Provider[] {
  return [
    { provide: PrometheusTelemetry, useFactory: () => new PrometheusTelemetry() },
    { provide: Telemetry, useExisting: PrometheusTelemetry },
    {
      provide: ProjectionWatch,
      useFactory: (projector: Projector, feed: LogFeed) => new ProjectionWatch(projector, feed),
      inject: [Projector, LogFeed],
    },
    {
      provide: MetricsPage,
      useFactory: (
        telemetry: PrometheusTelemetry,
        watch: ProjectionWatch,
        projector: Projector,
        rebuilds: RebuildDesk,
        startup: Startup,
        foundation: Foundation,
        database: Database,
      ) =>
        new PrometheusPage(telemetry.registry, {
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
      inject: [PrometheusTelemetry, ProjectionWatch, Projector, RebuildDesk, Startup, Foundation, Database],
    },
  ];
}
