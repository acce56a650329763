import { hostname } from 'node:os';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger as Pino } from 'pino';
import { AdmissionControl } from './application/admission/admission-control.ts';
import { ClaimAdmissionHandler } from './application/commands/claim-admission.handler.ts';
import { CompleteAdmissionHandler } from './application/commands/complete-admission.handler.ts';
import { ConfigureQueueHandler } from './application/commands/configure-queue.handler.ts';
import { EntryCourtesy } from './application/commands/entry-courtesy.ts';
import { JudgeUserHandler } from './application/commands/judge-user.handler.ts';
import { LeaveQueueHandler } from './application/commands/leave-queue.handler.ts';
import { QueueSteering } from './application/commands/queue-steering.ts';
import { RequestEntryHandler } from './application/commands/request-entry.handler.ts';
import { SteerQueueHandler } from './application/commands/steer-queue.handler.ts';
import { DrawSecrets } from './application/draw-secrets.ts';
import { Health } from './application/health/health-report.ts';
import { ProcessHealth } from './application/health/process-health.ts';
import { Startup } from './application/health/startup.ts';
import { AdmissionTokens } from './application/ports/admission-tokens.port.ts';
import { Eligibility } from './application/ports/eligibility.port.ts';
import { EntryTokens } from './application/ports/entry-tokens.port.ts';
import { EventLog } from './application/ports/event-log.port.ts';
import { QueueViewReader } from './application/ports/queue-view.port.ts';
import { Projector } from './application/projections/projector.ts';
import { RebuildDesk } from './application/projections/rebuild-desk.ts';
import { RecordReader } from './application/projections/record-reader.ts';
import { GetMyEntryHandler } from './application/queries/get-my-entry.handler.ts';
import { GetQueueHandler } from './application/queries/get-queue.handler.ts';
import { ListQueuesHandler } from './application/queries/list-queues.handler.ts';
import { QueueDirectory } from './application/queries/queue-directory.ts';
import { VerifyAdmissionHandler } from './application/queries/verify-admission.handler.ts';
import { Database, databaseProviders } from './database.ts';
import { AvroEventCodec } from './infrastructure/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from './infrastructure/avro/schema-registry.confluent.ts';
import type { Settings } from './infrastructure/config/settings.ts';
import { HEALTH_CONTROLLERS, HTTP_CONTROLLERS } from './infrastructure/http/configure-http.ts';
import { HttpSettings } from './infrastructure/http/http-settings.ts';
import { KafkaDeadLetters } from './infrastructure/kafka/kafka-dead-letters.ts';
import { KafkaEventLog } from './infrastructure/kafka/kafka-event-log.ts';
import { KafkaLogFeed } from './infrastructure/kafka/kafka-log-feed.ts';
import { KafkaLogReader } from './infrastructure/kafka/kafka-log-reader.ts';
import { type KafkaSettings, kafkaNames } from './infrastructure/kafka/kafka-settings.ts';
import { connectRedis, type RedisClient, type RedisSettings } from './infrastructure/redis/redis-client.ts';
import { RedisKeys } from './infrastructure/redis/redis-keys.ts';
import { RedisQueueViewReader } from './infrastructure/redis/redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from './infrastructure/redis/redis-queue-view-writer.ts';
import { RedisRebuildRequests } from './infrastructure/redis/redis-rebuild-requests.ts';
import { JoseAdmissionTokens } from './infrastructure/security/admission-token.jose.ts';
import { HmacEntryTokens } from './infrastructure/security/entry-token.hmac.ts';
import { Runtime } from './runtime.ts';

const HANDLERS = [
  RequestEntryHandler,
  LeaveQueueHandler,
  JudgeUserHandler,
  ConfigureQueueHandler,
  SteerQueueHandler,
  GetQueueHandler,
  ListQueuesHandler,
  GetMyEntryHandler,
  ClaimAdmissionHandler,
  CompleteAdmissionHandler,
  VerifyAdmissionHandler,
];

const READING_REDIS = Symbol('READING_REDIS');
const WRITING_REDIS = Symbol('WRITING_REDIS');

/** The composition root: the only place that knows every adapter, and decides which one stands behind a port. */
@Module({})
export class AppModule {
  static with(settings: Settings, logger: Pino): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: settings.roles.has('api') ? HTTP_CONTROLLERS : HEALTH_CONTROLLERS,
      providers: [
        ...adapters(settings, logger),
        ...databaseProviders(settings, logger),
        ...useCases(settings, logger),
        ...HANDLERS,
      ],
    };
  }
}

function adapters(settings: Settings, logger: Pino): Provider[] {
  const kafka = kafkaSettings(settings);
  const keys = new RedisKeys(settings.namePrefix);
  const warn = (message: string) => logger.warn(message);
  const owner = `${hostname()}:${process.pid}`;
  const codecOptions = { registerAtStart: !settings.production };
  return [
    { provide: READING_REDIS, useFactory: () => connectRedis(redisSettings(settings), 'read', warn) },
    { provide: WRITING_REDIS, useFactory: () => connectRedis(redisSettings(settings), 'write', () => undefined) },
    {
      provide: QueueViewReader,
      useFactory: (redis: RedisClient) => new RedisQueueViewReader(redis, keys),
      inject: [READING_REDIS],
    },
    {
      provide: RedisQueueViewWriter,
      useFactory: (redis: RedisClient) => new RedisQueueViewWriter(redis, keys, owner),
      inject: [WRITING_REDIS],
    },
    {
      provide: RedisRebuildRequests,
      useFactory: (redis: RedisClient) => new RedisRebuildRequests(redis, keys, owner),
      inject: [WRITING_REDIS],
    },
    {
      provide: AvroEventCodec,
      useFactory: () => new AvroEventCodec(new ConfluentSchemaRegistry(settings.schemaRegistry), codecOptions),
    },
    {
      provide: KafkaEventLog,
      useFactory: (codec: AvroEventCodec) => new KafkaEventLog(kafka, codec, logger),
      inject: [AvroEventCodec],
    },
    { provide: EventLog, useExisting: KafkaEventLog },
    { provide: KafkaLogFeed, useFactory: () => new KafkaLogFeed(kafka, logger) },
    { provide: KafkaLogReader, useFactory: () => new KafkaLogReader(kafka, kafka.topic, logger) },
    { provide: KafkaDeadLetters, useFactory: () => new KafkaDeadLetters(kafka, logger) },
    { provide: EntryTokens, useFactory: () => new HmacEntryTokens(settings.secrets.entryTokens) },
    { provide: AdmissionTokens, useFactory: () => JoseAdmissionTokens.with(settings.secrets.admissionKeys) },
    { provide: HttpSettings, useValue: settings },
  ];
}

function useCases(settings: Settings, logger: Pino): Provider[] {
  const kafka = kafkaSettings(settings);
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
      provide: AdmissionControl,
      useFactory: (log: EventLog, draws: DrawSecrets) => new AdmissionControl(log, draws, logger),
      inject: [EventLog, DrawSecrets],
    },
    { provide: Startup, useFactory: () => new Startup(logger) },
    {
      provide: Projector,
      useFactory: (
        view: RedisQueueViewWriter,
        deadLetters: KafkaDeadLetters,
        codec: AvroEventCodec,
        log: KafkaEventLog,
        admission: AdmissionControl,
      ) =>
        new Projector(
          {
            view,
            deadLetters,
            reader: new RecordReader(codec, settings.queuePartitions),
            endOffset: (partition) => log.endOffset(partition),
            onDeadLetter: ({ partition, offset }, { code, message }) =>
              logger.error({ partition, offset, code }, `dead letter: ${message}`),
          },
          admission,
          logger,
        ),
      inject: [RedisQueueViewWriter, KafkaDeadLetters, AvroEventCodec, KafkaEventLog, AdmissionControl],
    },
    {
      provide: RebuildDesk,
      useFactory: (
        projector: Projector,
        requests: RedisRebuildRequests,
        log: KafkaLogReader,
        deadLetters: KafkaDeadLetters,
        codec: AvroEventCodec,
        view: RedisQueueViewWriter,
      ) => {
        const reader = new RecordReader(codec, settings.queuePartitions);
        return new RebuildDesk(projector, requests, { log, deadLetters, reader, view }, logger);
      },
      inject: [Projector, RedisRebuildRequests, KafkaLogReader, KafkaDeadLetters, AvroEventCodec, RedisQueueViewWriter],
    },
    {
      provide: Health,
      useFactory: (
        startup: Startup,
        log: KafkaEventLog,
        feed: KafkaLogFeed,
        view: QueueViewReader,
        database: Database,
      ) => new ProcessHealth(settings.roles, startup, log, feed, view, database.relay),
      inject: [Startup, KafkaEventLog, KafkaLogFeed, QueueViewReader, Database],
    },
    {
      provide: Runtime,
      useFactory: (
        startup: Startup,
        codec: AvroEventCodec,
        log: KafkaEventLog,
        feed: KafkaLogFeed,
        deadLetters: KafkaDeadLetters,
        projector: Projector,
        admission: AdmissionControl,
        rebuilds: RebuildDesk,
        onlooker: KafkaLogReader,
        reading: RedisClient,
        writing: RedisClient,
        eligibility: Eligibility & { stop(): Promise<void> },
        database: Database,
      ) =>
        new Runtime(
          {
            startup,
            codec,
            log,
            feed,
            deadLetters,
            projector,
            admission,
            rebuilds,
            onlooker,
            redis: [reading, writing],
            eligibility,
            database,
          },
          { kafka, serves: settings.roles.size > 0, projects: settings.roles.has('projector') },
          logger,
        ),
      inject: [
        Startup,
        AvroEventCodec,
        KafkaEventLog,
        KafkaLogFeed,
        KafkaDeadLetters,
        Projector,
        AdmissionControl,
        RebuildDesk,
        KafkaLogReader,
        READING_REDIS,
        WRITING_REDIS,
        Eligibility,
        Database,
      ],
    },
  ];
}

function kafkaSettings({ kafka, namePrefix, queuePartitions }: Settings): KafkaSettings {
  return { ...kafka, ...kafkaNames(namePrefix), partitions: queuePartitions };
}

function redisSettings({ redis }: Settings): RedisSettings {
  if ('url' in redis) return redis;
  return { clusterNodes: redis.clusterNodes.map(({ host, port }) => `${host}:${port}`) };
}
