import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger as Pino } from 'pino';
import { AdmissionControl } from '../application/admission/admission-control.ts';
import { AppendAndAwait } from '../application/commands/append-and-await.ts';
import { ClaimAdmissionHandler } from '../application/commands/claim-admission.handler.ts';
import { CloseQueueHandler } from '../application/commands/close-queue.handler.ts';
import { CompleteAdmissionHandler } from '../application/commands/complete-admission.handler.ts';
import { ConfigureQueueHandler } from '../application/commands/configure-queue.handler.ts';
import { DisqualifyUserHandler } from '../application/commands/disqualify-user.handler.ts';
import { DrawSecrets } from '../application/commands/draw-secrets.ts';
import { EarlyRejection } from '../application/commands/early-rejection.ts';
import { EntryRateLimiter } from '../application/commands/entry-rate-limiter.ts';
import { LeaveQueueHandler } from '../application/commands/leave-queue.handler.ts';
import { PauseQueueHandler } from '../application/commands/pause-queue.handler.ts';
import { PostNoticeHandler } from '../application/commands/post-notice.handler.ts';
import { ReinstateUserHandler } from '../application/commands/reinstate-user.handler.ts';
import { RequestEntryHandler } from '../application/commands/request-entry.handler.ts';
import { ResumeQueueHandler } from '../application/commands/resume-queue.handler.ts';
import { Health } from '../application/health/health-report.ts';
import { ProcessHealth, type StepNames } from '../application/health/process-health.ts';
import { Startup } from '../application/health/startup.ts';
import { AdmissionTokens } from '../application/ports/admission-tokens.port.ts';
import { Authentication } from '../application/ports/authentication.port.ts';
import { Eligibility } from '../application/ports/eligibility.port.ts';
import { EntryTokens } from '../application/ports/entry-tokens.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import { QueueViewReader } from '../application/ports/queue-view.port.ts';
import { RequestLimits } from '../application/ports/request-limits.port.ts';
import { ProjectionMonitor } from '../application/projection/projection-monitor.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import { GetMyEntryHandler } from '../application/queries/get-my-entry.handler.ts';
import { GetProjectionsHandler } from '../application/queries/get-projections.handler.ts';
import { GetQueueHandler } from '../application/queries/get-queue.handler.ts';
import { ListQueuesHandler } from '../application/queries/list-queues.handler.ts';
import { QueueCache } from '../application/queries/queue-cache.ts';
import { VerifyAdmissionHandler } from '../application/queries/verify-admission.handler.ts';
import { EntrySubscriptions } from '../application/subscriptions/entry-subscriptions.ts';
import type { Settings } from '../config/settings.ts';
import type { CountingRedis } from '../infrastructure/driven/rate-limits/batched-counter.ts';
import { FlexibleRequestLimits } from '../infrastructure/driven/rate-limits/request-limits.flexible.ts';
import { JoseAdmissionTokens } from '../infrastructure/driven/tokens/admission-token.jose.ts';
import { authentication } from '../infrastructure/driven/tokens/authentication.ts';
import { HmacEntryTokens } from '../infrastructure/driven/tokens/entry-token.hmac.ts';
import { HEALTH_CONTROLLERS, HTTP_CONTROLLERS, HTTP_PROVIDERS } from '../infrastructure/driving/http/configure-http.ts';
import { Backend, COUNTING_REDIS } from './backend.ts';
import { Lifecycle } from './lifecycle.ts';
import { observabilityProviders } from './observability.providers.ts';
import { Database, postgresProviders } from './postgres.providers.ts';
import { projectionProviders } from './projection.providers.ts';

const HANDLERS = [
  RequestEntryHandler,
  LeaveQueueHandler,
  DisqualifyUserHandler,
  ReinstateUserHandler,
  ConfigureQueueHandler,
  PauseQueueHandler,
  ResumeQueueHandler,
  CloseQueueHandler,
  PostNoticeHandler,
  GetQueueHandler,
  ListQueuesHandler,
  GetProjectionsHandler,
  GetMyEntryHandler,
  ClaimAdmissionHandler,
  CompleteAdmissionHandler,
  VerifyAdmissionHandler,
];

/** Binds every port to an adapter. Only the composition folder knows the adapters. */
@Module({})
export class AppModule {
  /** @param backendProviders log, view and `Backend` */
  static async with(settings: Settings, logger: Pino, backendProviders: readonly Provider[]): Promise<DynamicModule> {
    const graphql = settings.roles.has('api') ? await graphqlOptions(settings) : NO_GRAPHQL;
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ...graphql.imports],
      controllers: [...(settings.roles.has('api') ? HTTP_CONTROLLERS : HEALTH_CONTROLLERS), ...graphql.controllers],
      providers: [
        ...backendProviders,
        ...accessProviders(settings, logger),
        ...postgresProviders(settings, logger),
        ...useCaseProviders(settings, logger),
        ...lifecycleProviders(settings, logger),
        ...projectionProviders(logger, settings),
        ...observabilityProviders(settings),
        ...HANDLERS,
        ...HTTP_PROVIDERS,
        ...graphql.providers,
      ],
    };
  }
}

const NO_GRAPHQL = { imports: [], controllers: [], providers: [] };

/** Imported for the role `api` only: the import is slow. */
async function graphqlOptions(settings: Settings) {
  const { graphqlModuleOptions } = await import('../infrastructure/driving/graphql/graphql.module-options.ts');
  return graphqlModuleOptions(settings);
}

/** Tokens, authentication and request limits. */
function accessProviders(settings: Settings, logger: Pino): Provider[] {
  return [
    {
      provide: EntryTokens,
      useFactory: (log: EventLog) => new HmacEntryTokens(settings.secrets.entryTokens, log.topic),
      inject: [EventLog],
    },
    {
      provide: AdmissionTokens,
      useFactory: (log: EventLog) =>
        JoseAdmissionTokens.with(settings.secrets.admissionKeys, () => log.now() ?? Date.now()),
      inject: [EventLog],
    },
    {
      provide: Authentication,
      useFactory: (entry: EntryTokens, admission: AdmissionTokens) =>
        authentication(settings, { entry, admission }, (message) => logger.warn(message)),
      inject: [EntryTokens, AdmissionTokens],
    },
    { provide: EntryRateLimiter, useFactory: () => new EntryRateLimiter(settings.limits.acceptedPerSecond) },
    {
      provide: RequestLimits,
      useFactory: (redis?: CountingRedis) => new FlexibleRequestLimits({ ...settings.limits, ...settings }, redis),
      inject: [{ token: COUNTING_REDIS, optional: true }],
    },
  ];
}

function useCaseProviders(settings: Settings, logger: Pino): Provider[] {
  return [
    {
      provide: QueueCache,
      useFactory: (view: QueueViewReader, log: EventLog) => new QueueCache(view, log),
      inject: [QueueViewReader, EventLog],
    },
    {
      provide: EarlyRejection,
      useFactory: (queues: QueueCache, view: QueueViewReader, log: EventLog) => new EarlyRejection(queues, view, log),
      inject: [QueueCache, QueueViewReader, EventLog],
    },
    {
      provide: AppendAndAwait,
      useFactory: (log: EventLog, queues: QueueCache) => new AppendAndAwait(log, queues),
      inject: [EventLog, QueueCache],
    },
    { provide: DrawSecrets, useFactory: () => new DrawSecrets(settings.secrets.draws) },
    {
      provide: EntrySubscriptions,
      useFactory: (log: EventLog, view: QueueViewReader) =>
        new EntrySubscriptions(log, view, logger, settings.liveStreamLimit),
      inject: [EventLog, QueueViewReader],
    },
  ];
}

/** Start, stop and health of the process. */
function lifecycleProviders(settings: Settings, logger: Pino): Provider[] {
  return [
    { provide: Startup, useFactory: () => new Startup(logger) },
    {
      provide: Health,
      useFactory: (
        startup: Startup,
        backend: Backend,
        log: EventLog,
        subscription: LogSubscription,
        view: QueueViewReader,
        watch: ProjectionMonitor,
        database: Database,
      ) =>
        new ProcessHealth(settings.roles, startup, stepNames(backend), log, subscription, view, watch, database.relay),
      inject: [Startup, Backend, EventLog, LogSubscription, QueueViewReader, ProjectionMonitor, Database],
    },
    {
      provide: Lifecycle,
      useFactory: (
        startup: Startup,
        backend: Backend,
        subscription: LogSubscription,
        projector: Projector,
        admission: AdmissionControl,
        rebuilds: RebuildWorker,
        eligibility: Eligibility & { stop(): Promise<void> },
        database: Database,
      ) =>
        new Lifecycle(
          { startup, backend, subscription, projector, admission, rebuilds, eligibility, database },
          { serves: settings.roles.size > 0, projects: settings.roles.has('projector') },
        ),
      inject: [Startup, Backend, LogSubscription, Projector, AdmissionControl, RebuildWorker, Eligibility, Database],
    },
  ];
}

function stepNames({ log, view, subscription }: Backend): StepNames {
  const names = (steps: Backend['log']) => steps.map(({ name }) => name);
  return { log: names(log), projection: [...names(log), ...names(view), subscription] };
}
