import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { logAccess } from './access-log.ts';
import { AdmissionsController } from './admissions.controller.ts';
import { registerAuthHooks } from './auth.hooks.ts';
import { serveConsole } from './console-files.ts';
import { DocsController } from './docs.controller.ts';
import { EntriesController } from './entries.controller.ts';
import { registerEntryRoutes } from './entry.routes.ts';
import { EntryEventsController } from './entry-events.controller.ts';
import { HealthController } from './health.controller.ts';
import type { HttpSettings } from './http-settings.ts';
import { registerLoadShedding } from './load-shedding.ts';
import { MetricsController } from './metrics.controller.ts';
import { registerOpenApi } from './openapi.ts';
import { ProblemFilter } from './problem.filter.ts';
import { ProjectionsController } from './projections.controller.ts';
import { QueuesController } from './queues.controller.ts';
import { registerRequestContext } from './request-context.hook.ts';
import { type AccessControl, limitInFlightRequests, limitRequestsByAddress } from './request-limit.hooks.ts';
import { recordRequestMetrics } from './request-metrics.ts';
import { RouteTable } from './route-table.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { SseConnections } from './sse-connections.ts';

/** Require CommandBus, QueryBus, `AdmissionTokens`, `Health`, `MetricsExporter`, `Telemetry` and HTTP_PROVIDERS. */
export const HTTP_CONTROLLERS = [
  QueuesController,
  EntriesController,
  EntryEventsController,
  AdmissionsController,
  ProjectionsController,
  HealthController,
  MetricsController,
  DocsController,
];

/** Require `EntrySubscriptions`. */
export const HTTP_PROVIDERS = [SseConnections];

/** For a process without the role `api`: health and metrics. */
export const HEALTH_CONTROLLERS = [HealthController, MetricsController];

/**
 * Registers the hooks, routes and error handling of the HTTP API on an adapter of `createHttpAdapter`.
 * Await it before `init` or `listen`, because its hooks act on the registration of routes.
 */
export async function configureHttp(
  app: NestFastifyApplication,
  settings: HttpSettings,
  accessControl: AccessControl,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = new RouteTable();
  fastify.decorateRequest('operator', null);
  fastify.decorateRequest('entryRight', null);
  fastify.decorateRequest('entryClaims', null);
  fastify.decorateRequest('admissionClaims', null);
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRoute', (route) => routes.add(route.url, route.method));
  fastify.addHook('onRoute', registerAuthHooks(accessControl));
  logAccess(fastify, settings.logLevel);
  registerRequestContext(fastify);
  recordRequestMetrics(fastify, app.get<Telemetry>(Telemetry));
  setSecurityHeaders(fastify);
  limitInFlightRequests(fastify);
  registerLoadShedding(fastify);
  limitRequestsByAddress(fastify, accessControl);
  const problems = new ProblemFilter(routes);
  app.useGlobalFilters(problems);
  fastify.setErrorHandler((error, request, reply) => problems.reply(error, request, reply));
  if (settings.corsOrigins.length > 0) enableCors(app, settings.corsOrigins);
  await registerOpenApi(app);
  registerEntryRoutes(app);
  await serveConsole(app);
}

function enableCors(app: NestFastifyApplication, origins: readonly string[]): void {
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'if-none-match', 'last-event-id', 'x-request-id'],
    exposedHeaders: ['age', 'date', 'etag', 'location', 'retry-after', 'x-request-id'],
    maxAge: 600,
    strictPreflight: false,
  });
}
