import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger as Pino } from 'pino';
import { AdmissionControl } from '../application/admission/admission-control.ts';
import { QueueSteering } from '../application/commands/append-and-await.ts';
import { ClaimAdmissionHandler } from '../application/commands/claim-admission.handler.ts';
import { CompleteAdmissionHandler } from '../application/commands/complete-admission.handler.ts';
import { ConfigureQueueHandler } from '../application/commands/configure-queue.handler.ts';
import { DrawSecrets } from '../application/commands/draw-secrets.ts';
import { EntryCourtesy } from '../application/commands/early-rejection.ts';
import { AcceptLimit } from '../application/commands/entry-rate-limiter.ts';
import { JudgeUserHandler } from '../application/commands/judge-user.handler.ts';
import { LeaveQueueHandler } from '../application/commands/leave-queue.handler.ts';
import { RequestEntryHandler } from '../application/commands/request-entry.handler.ts';
import { SteerQueueHandler } from '../application/commands/steer-queue.handler.ts';
import { Health } from '../application/health/health-report.ts';
import { ProcessHealth, type StepNames } from '../application/health/process-health.ts';
import { Startup } from '../application/health/startup.ts';
import { AdmissionTokens } from '../application/ports/admission-tokens.port.ts';
import { Authentication } from '../application/ports/authentication.port.ts';
import { Eligibility } from '../application/ports/eligibility.port.ts';
import { EntryTokens } from '../application/ports/entry-tokens.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogFeed } from '../application/ports/log-subscription.port.ts';
import { QueueViewReader } from '../application/ports/queue-view.port.ts';
import { RequestLimits } from '../application/ports/request-limits.port.ts';
import { ProjectionWatch } from '../application/projection/projection-monitor.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildDesk } from '../application/projection/rebuild-worker.ts';
import { GetMyEntryHandler } from '../application/queries/get-my-entry.handler.ts';
import { GetProjectionsHandler } from '../application/queries/get-projections.handler.ts';
import { GetQueueHandler } from '../application/queries/get-queue.handler.ts';
import { ListQueuesHandler } from '../application/queries/list-queues.handler.ts';
import { QueueDirectory } from '../application/queries/queue-cache.ts';
import { VerifyAdmissionHandler } from '../application/queries/verify-admission.handler.ts';
import { LiveEntries } from '../application/subscriptions/entry-subscriptions.ts';
import type { Settings } from '../config/settings.ts';
import type { CountingRedis } from '../infrastructure/driven/rate-limits/batched-counter.ts';
import { FlexibleRequestLimits } from '../infrastructure/driven/rate-limits/request-limits.flexible.ts';
import { JoseAdmissionTokens } from '../infrastructure/driven/tokens/admission-token.jose.ts';
import { authentication } from '../infrastructure/driven/tokens/authentication.ts';
import { HmacEntryTokens } from '../infrastructure/driven/tokens/entry-token.hmac.ts';
import { HEALTH_CONTROLLERS, HTTP_CONTROLLERS, HTTP_PROVIDERS } from '../infrastructure/driving/http/configure-http.ts';
import { COUNTING_REDIS, Foundation } from './backend.ts';
import { Runtime } from './lifecycle.ts';
import { sightProviders } from './observability.providers.ts';
import { Database, databaseProviders } from './postgres.providers.ts';
import { projectionProviders } from './projection.providers.ts';

const HANDLERS = [
  RequestEntryHandler,
  LeaveQueueHandler,
  JudgeUserHandler,
  ConfigureQueueHandler,
  SteerQueueHandler,
  GetQueueHandler,
  ListQueuesHandler,
  GetProjectionsHandler,
  GetMyEntryHandler,
  ClaimAdmissionHandler,
  CompleteAdmissionHandler,
  VerifyAdmissionHandler,
];

/** The composition root: the only place that knows every adapter, and decides which one stands behind a port. */
@Module({})
export class AppModule {
  /** @param foundation what log and view are; by default what the settings say */
  static async with(settings: Settings, logger: Pino, foundation?: Provider[]): Promise<DynamicModule> {
    const graphql = settings.roles.has('api') ? await graphqlDoor(settings) : NO_DOOR;
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ...graphql.imports],
      controllers: [...(settings.roles.has('api') ? HTTP_CONTROLLERS : HEALTH_CONTROLLERS), ...graphql.controllers],
      providers: [
        ...(foundation ?? (await foundationOf(settings, logger))),
        ...doors(settings, logger),
        ...databaseProviders(settings, logger),
        ...useCases(settings, logger),
        ...projectionProviders(settings, logger),
        ...sightProviders(settings),
        ...HANDLERS,
        ...HTTP_PROVIDERS,
        ...graphql.providers,
      ],
    };
  }
}

/** Loaded as it is needed: one kind of log knows nothing of the servers of the other. */
async function foundationOf(settings: Settings, logger: Pino): Promise<Provider[]> {
  if (settings.eventLog === 'embedded')
    return (await import('./embedded-backend.ts')).embeddedAdapters(settings, logger);
  return (await import('./kafka-backend.ts')).stackAdapters(settings, logger);
}

const NO_DOOR = { imports: [], controllers: [], providers: [] };

/** Loaded where it is served only: it takes its time. */
async function graphqlDoor(settings: Settings) {
  const door = await import('../infrastructure/driving/graphql/graphql.module-options.ts');
  return door.graphqlDoor(settings);
}

function doors(settings: Settings, logger: Pino): Provider[] {
  return [
    { provide: EntryTokens, useFactory: () => new HmacEntryTokens(settings.secrets.entryTokens) },
    { provide: AdmissionTokens, useFactory: () => JoseAdmissionTokens.with(settings.secrets.admissionKeys) },
    {
      provide: Authentication,
      useFactory: (entry: EntryTokens, admission: AdmissionTokens) =>
        authentication(settings, { entry, admission }, (message) => logger.warn(message)),
      inject: [EntryTokens, AdmissionTokens],
    },
    { provide: AcceptLimit, useFactory: () => new AcceptLimit(settings.limits.acceptedPerSecond) },
    {
      provide: RequestLimits,
      useFactory: (redis?: CountingRedis) => new FlexibleRequestLimits({ ...settings.limits, ...settings }, redis),
      inject: [{ token: COUNTING_REDIS, optional: true }],
    },
  ];
}

function useCases(settings: Settings, logger: Pino): Provider[] {
  return [
    {
      provide: QueueDirectory,
      useFactory: (view: QueueViewReader, log: EventLog) => new QueueDirectory(view, log),
      inject: [QueueViewReader, EventLog],
    },
    {
      provide: EntryCourtesy,
      useFactory: (queues: QueueDirectory, view: QueueViewReader) => new EntryCourtesy(queues, view),
      inject: [QueueDirectory, QueueViewReader],
    },
    {
      provide: QueueSteering,
      useFactory: (log: EventLog, queues: QueueDirectory) => new QueueSteering(log, queues),
      inject: [EventLog, QueueDirectory],
    },
    { provide: DrawSecrets, useFactory: () => new DrawSecrets(settings.secrets.draws) },
    {
      provide: LiveEntries,
      useFactory: (log: EventLog, view: QueueViewReader) =>
        new LiveEntries(log, view, logger, settings.liveStreamLimit),
      inject: [EventLog, QueueViewReader],
    },
    { provide: Startup, useFactory: () => new Startup(logger) },
    {
      provide: Health,
      useFactory: (
        startup: Startup,
        foundation: Foundation,
        log: EventLog,
        feed: LogFeed,
        view: QueueViewReader,
        watch: ProjectionWatch,
        database: Database,
      ) => new ProcessHealth(settings.roles, startup, stepsOf(foundation), log, feed, view, watch, database.relay),
      inject: [Startup, Foundation, EventLog, LogFeed, QueueViewReader, ProjectionWatch, Database],
    },
    {
      provide: Runtime,
      useFactory: (
        startup: Startup,
        foundation: Foundation,
        feed: LogFeed,
        projector: Projector,
        admission: AdmissionControl,
        rebuilds: RebuildDesk,
        eligibility: Eligibility & { stop(): Promise<void> },
        database: Database,
      ) =>
        new Runtime(
          { startup, foundation, feed, projector, admission, rebuilds, eligibility, database },
          { serves: settings.roles.size > 0, projects: settings.roles.has('projector') },
        ),
      inject: [Startup, Foundation, LogFeed, Projector, AdmissionControl, RebuildDesk, Eligibility, Database],
    },
  ];
}

function stepsOf({ log, view, feed }: Foundation): StepNames {
  const names = (steps: Foundation['log']) => steps.map(({ name }) => name);
  return { log: names(log), projection: [...names(log), ...names(view), feed] };
}
