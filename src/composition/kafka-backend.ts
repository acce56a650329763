import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from '@nestjs/common';
import { orUnavailable, QueueError } from '../application/errors.ts';
import type { UsingReplayTools } from '../application/operations/operations.ts';
import { RedriveDeadLetters } from '../application/operations/redrive-dead-letters.ts';
import { FollowRebuild } from '../application/operations/request-rebuild.ts';
import { skipBatch } from '../application/operations/skip-batch.ts';
import { CorrectTimes } from '../application/operations/time-correction.ts';
import { VerifyProjections } from '../application/operations/verify-projections.ts';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import type { EventSchemas } from '../application/ports/event-schemas.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { QueueViewReader, QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Tracing } from '../application/ports/tracing.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import { ProjectionsStatus } from '../application/queries/projections-status.ts';
import type { Settings } from '../config/settings.ts';
import { checkCompatibility } from '../infrastructure/driven/avro/check-compatibility.ts';
import { AvroEventSchemas } from '../infrastructure/driven/avro/event-schemas.avro.ts';
import type { KafkaEventLog } from '../infrastructure/driven/kafka/kafka-event-log.ts';
import { ensureTopics } from '../infrastructure/driven/kafka/kafka-topics.ts';
import { checkRedis } from '../infrastructure/driven/redis/check-redis.ts';
import type { MaintenanceTools } from '../infrastructure/driving/cli/cli-context.ts';
import { SingleFlight } from '../lib/single-flight.ts';
import { Backend, type BackendWiring, COUNTING_REDIS } from './backend.ts';
import { KafkaAdapters } from './kafka-adapters.ts';
import { TRACING } from './observability.providers.ts';

const WRITABLE_TIMEOUT_MS = 10_000;

/** The log on Kafka with a schema registry, the view on Redis. */
export class KafkaBackendWiring implements BackendWiring {
  constructor(
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  serverProviders(): Provider[] {
    const adapters = new KafkaAdapters(this.settings, this.logger);
    const owner = `${hostname()}:${process.pid}`;
    return [
      { provide: COUNTING_REDIS, useFactory: () => (this.#countsRequests() ? adapters.redis('count') : undefined) },
      { provide: QueueViewReader, useFactory: () => adapters.viewReader() },
      { provide: QueueViewWriter, useFactory: () => adapters.viewWriter(owner) },
      { provide: RebuildRequests, useFactory: () => adapters.rebuildRequests(owner) },
      { provide: EventReader, useValue: adapters.eventReader },
      {
        provide: EventLog,
        useFactory: (telemetry: Telemetry, tracing: Tracing | undefined) => adapters.eventLog(telemetry, tracing),
        inject: [Telemetry, TRACING],
      },
      { provide: LogSubscription, useFactory: () => adapters.subscription() },
      { provide: LogReader, useFactory: () => adapters.logReader() },
      { provide: DeadLetters, useFactory: () => adapters.deadLetters() },
      { provide: Backend, useFactory: (log: KafkaEventLog) => this.#backend(adapters, log), inject: [EventLog] },
    ];
  }

  commandProviders(): Promise<Provider[]> {
    return Promise.resolve(this.serverProviders());
  }

  readonly withOperations: UsingReplayTools = (work) =>
    this.#withAdapters((adapters) => {
      const { eventReader: reader } = adapters;
      const ports = { log: adapters.logReader(), deadLetters: adapters.deadLetters(), reader };
      const view = async () => adapters.viewReader(await adapters.connectedRedis());
      return work({
        ports,
        letters: adapters.logReader(this.settings.kafka.deadLetterTopic),
        reader,
        topic: this.settings.kafka.topic,
        verify: async () => {
          await adapters.connectedRedis();
          const records = adapters.viewWriter('verification');
          return new VerifyProjections({ ...ports, records, view: adapters.viewInspector() });
        },
        view,
        status: async () => new ProjectionsStatus({ ...ports, view: await view() }),
      });
    });

  withMaintenance<T>(work: (tools: MaintenanceTools) => Promise<T>): Promise<T> {
    return this.#withAdapters(async (adapters) => {
      const view = adapters.viewReader(await adapters.connectedRedis());
      const [log, deadLetters] = [adapters.logReader(), adapters.deadLetters()];
      return work({
        partitions: this.settings.queuePartitions,
        correctTimes: new CorrectTimes({ log, deadLetters }),
        rebuild: new FollowRebuild(adapters.rebuildRequests('operator')),
        redrive: new RedriveDeadLetters({
          log,
          deadLetters,
          reader: adapters.eventReader,
          redriver: adapters.redriver(),
          view,
        }),
        skipBatch: (partition, offset) => skipBatch({ log, deadLetters }, partition, offset),
      });
    });
  }

  async ensureTopics() {
    const { kafka } = this.settings;
    const created = await ensureTopics(kafka, this.logger).catch(
      orUnavailable('LOG_UNAVAILABLE', 'Kafka cannot be reached: '),
    );
    const present = [kafka.topic, kafka.deadLetterTopic, kafka.schemaTopic].filter((topic) => !created.includes(topic));
    return { created, present };
  }

  schemas(): EventSchemas {
    const { registry, codec } = new KafkaAdapters(this.settings, this.logger);
    const schemas = new AvroEventSchemas(registry);
    const afterIds = <T>(work: () => Promise<T>) =>
      codec.verifyIds().then(work).catch(orUnavailable('LOG_UNAVAILABLE'));
    return {
      check: () => schemas.check(),
      checkAgainstRegistry: () => afterIds(() => schemas.checkAgainstRegistry()),
      register: () => afterIds(() => schemas.register()),
    };
  }

  async #withAdapters<T>(work: (adapters: KafkaAdapters) => Promise<T>): Promise<T> {
    const adapters = new KafkaAdapters(this.settings, this.logger);
    try {
      return await work(adapters);
    } finally {
      await adapters.close();
    }
  }

  #backend(adapters: KafkaAdapters, log: KafkaEventLog): Backend {
    const { codec } = adapters;
    const topics = new SingleFlight<'topics', readonly string[]>();
    const prepareTopics = () => topics.run('topics', () => ensureTopics(this.settings.kafka, this.logger));
    const startKafka = async () => {
      await prepareTopics();
      log.start();
    };
    const startCodec = async () => {
      await prepareTopics().catch(orUnavailable('LOG_UNAVAILABLE', 'Kafka stores its ids: ')); // they are compared first
      await codec.start();
      await checkCompatibility(adapters.registry, (message) => this.logger.warn(message));
    };
    return {
      log: [
        { name: 'the schema registry', run: startCodec },
        { name: 'Kafka', run: startKafka },
      ],
      view: [{ name: 'Redis', run: () => checkRedis(adapters.redis('write'), (message) => this.logger.warn(message)) }],
      subscription: 'the consumer group',
      openLog: async () => {
        await codec.start().catch(orUnavailable('LOG_UNAVAILABLE'));
        log.start();
        await untilWritable(log);
      },
      connections: () => ({
        kafka: log.isOpen,
        redis_reading: adapters.redis('read').status === 'ready',
        redis_writing: adapters.redis('write').status === 'ready',
      }),
      unacknowledged: () => log.unacknowledged,
      close: () => adapters.close(),
    };
  }

  #countsRequests(): boolean {
    const { roles, limits } = this.settings;
    return roles.has('api') && (limits.perAddress > 0 || limits.perUser > 0);
  }
}

async function untilWritable(log: KafkaEventLog): Promise<void> {
  for (const deadline = Date.now() + WRITABLE_TIMEOUT_MS; !(await log.isWritable()); await pause(20)) {
    if (Date.now() > deadline)
      throw new QueueError(
        'LOG_UNAVAILABLE',
        `The topic ${log.topic} is not writable. Check that Kafka is running and the topic exists (topics create).`,
      );
  }
}
