import type { Provider } from '@nestjs/common';
import { Startup } from './application/health/startup.ts';
import { LogFeed } from './application/ports/log-feed.port.ts';
import { MetricsPage } from './application/ports/metrics-page.port.ts';
import { Telemetry } from './application/ports/telemetry.port.ts';
import type { Tracing } from './application/ports/tracing.port.ts';
import { ProjectionWatch } from './application/projections/projection-watch.ts';
import { Projector } from './application/projections/projector.ts';
import { RebuildDesk } from './application/projections/rebuild-desk.ts';
import { Database } from './database.ts';
import { Foundation } from './foundation.ts';
import type { Settings } from './infrastructure/config/settings.ts';
import { OtelTracing } from './infrastructure/observability/otel-tracing.ts';
import { PrometheusPage } from './infrastructure/observability/prometheus-page.ts';
import { PrometheusTelemetry } from './infrastructure/observability/prometheus-telemetry.ts';
import { outboxStatus } from './infrastructure/postgres/outbox-status.ts';
import { isTracingWanted } from './tracing-wanted.ts';

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
