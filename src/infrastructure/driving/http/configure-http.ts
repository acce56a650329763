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

/** For the composition root. They need CommandBus, QueryBus, `AdmissionTokens`, `Health`, `MetricsPage`, `Telemetry`, and HTTP_PROVIDERS. */
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

/** They need `LiveEntries`. */
export const HTTP_PROVIDERS = [SseConnections];

/** Of a process without the role `api`: whether it is alive, and ready for what it does, and its metrics. */
export const HEALTH_CONTROLLERS = [HealthController, MetricsController];

/**
 * Makes an application on an adapter of `createHttpAdapter` answer as the contract says. To be awaited before `init` or
 * `listen`: it hooks into the registration of routes.
 */
export async function configureHttp(
  app: NestFastifyApplication,
  settings: HttpSettings,
  guards: AccessControl,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = new RouteTable();
  fastify.decorateRequest('operator', null);
  fastify.decorateRequest('entryRight', null);
  fastify.decorateRequest('entryClaims', null);
  fastify.decorateRequest('admissionClaims', null);
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRoute', (route) => routes.add(route.url, route.method));
  fastify.addHook('onRoute', registerAuthHooks(guards));
  logAccess(fastify, settings.logLevel);
  registerRequestContext(fastify);
  recordRequestMetrics(fastify, app.get<Telemetry>(Telemetry));
  setSecurityHeaders(fastify);
  limitInFlightRequests(fastify);
  registerLoadShedding(fastify);
  limitRequestsByAddress(fastify, guards);
  const problems = new ProblemFilter(routes);
  app.useGlobalFilters(problems);
  fastify.setErrorHandler((error, request, reply) => problems.answer(error, request, reply));
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
    exposedHeaders: ['etag', 'location', 'retry-after', 'x-request-id'],
    maxAge: 600,
    strictPreflight: false,
  });
}
