import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from '@nestjs/common';
import { FatalError, QueueError } from '../application/errors.ts';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventCodec } from '../application/ports/event-codec.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { QueueViewReader, QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../infrastructure/driven/avro/schema-registry.confluent.ts';
import { KafkaDeadLetters } from '../infrastructure/driven/kafka/kafka-dead-letters.ts';
import { KafkaEventLog } from '../infrastructure/driven/kafka/kafka-event-log.ts';
import { KafkaLogReader } from '../infrastructure/driven/kafka/kafka-log-reader.ts';
import { KafkaLogSubscription } from '../infrastructure/driven/kafka/kafka-log-subscription.ts';
import type { KafkaOptions } from '../infrastructure/driven/kafka/kafka-settings.ts';
import { ensureTopics } from '../infrastructure/driven/kafka/kafka-topics.ts';
import { checkRedis } from '../infrastructure/driven/redis/check-redis.ts';
import { connectRedis, type RedisClient } from '../infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../infrastructure/driven/redis/redis-keys.ts';
import { RedisQueueViewReader } from '../infrastructure/driven/redis/redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from '../infrastructure/driven/redis/redis-queue-view-writer.ts';
import { RedisRebuildRequests } from '../infrastructure/driven/redis/redis-rebuild-requests.ts';
import { Backend, COUNTING_REDIS } from './backend.ts';
import { kafkaSettingsOf } from './kafka-settings-of.ts';
import { tracing } from './observability.providers.ts';

const WRITABLE_WITHIN_MS = 10_000;
const READING_REDIS = Symbol('READING_REDIS');
const WRITING_REDIS = Symbol('WRITING_REDIS');

/** Log and view on the servers of the stack: Kafka, a schema registry, Redis. */
export function kafkaBackend(settings: Settings, diagnostics: Logger): Provider[] {
  const kafka = kafkaSettingsOf(settings);
  const keys = new RedisKeys(settings.namePrefix);
  const warn = (message: string) => diagnostics.warn(message);
  const owner = `${hostname()}:${process.pid}`;
  const registry = new ConfluentSchemaRegistry(settings.schemaRegistry);
  return [
    { provide: READING_REDIS, useFactory: () => connectRedis(settings.redis, 'read', warn) },
    { provide: WRITING_REDIS, useFactory: () => connectRedis(settings.redis, 'write', () => undefined) },
    {
      provide: COUNTING_REDIS,
      useFactory: () => (counts(settings) ? connectRedis(settings.redis, 'count', () => undefined) : undefined),
    },
    {
      provide: QueueViewReader,
      useFactory: (redis: RedisClient) => new RedisQueueViewReader(redis, keys),
      inject: [READING_REDIS],
    },
    {
      provide: QueueViewWriter,
      useFactory: (redis: RedisClient) => new RedisQueueViewWriter(redis, keys, owner),
      inject: [WRITING_REDIS],
    },
    {
      provide: RebuildRequests,
      useFactory: (redis: RedisClient) => new RedisRebuildRequests(redis, keys, owner),
      inject: [WRITING_REDIS],
    },
    {
      provide: EventCodec,
      useFactory: () => new AvroEventCodec(registry, { registerAtStart: !settings.production }),
    },
    {
      provide: EventLog,
      useFactory: (codec: EventCodec, telemetry: Telemetry) =>
        new KafkaEventLog(kafka, codec, diagnostics, {}, telemetry, tracing()),
      inject: [EventCodec, Telemetry],
    },
    { provide: LogSubscription, useFactory: () => new KafkaLogSubscription(kafka, diagnostics) },
    { provide: LogReader, useFactory: () => new KafkaLogReader(kafka, kafka.topic, diagnostics) },
    { provide: DeadLetters, useFactory: () => new KafkaDeadLetters(kafka, diagnostics) },
    {
      provide: Backend,
      useFactory: (
        codec: AvroEventCodec,
        log: KafkaEventLog,
        onlooker: KafkaLogReader,
        deadLetters: KafkaDeadLetters,
        reading: RedisClient,
        writing: RedisClient,
        counting: RedisClient | undefined,
      ) => foundation({ kafka, codec, log, onlooker, deadLetters, redis: [reading, writing], counting }, diagnostics),
      inject: [EventCodec, EventLog, LogReader, DeadLetters, READING_REDIS, WRITING_REDIS, COUNTING_REDIS],
    },
  ];
}

interface Parts {
  readonly kafka: KafkaOptions;
  readonly codec: AvroEventCodec;
  readonly log: KafkaEventLog;
  readonly onlooker: KafkaLogReader;
  readonly deadLetters: KafkaDeadLetters;
  readonly redis: readonly [reading: RedisClient, writing: RedisClient];
  readonly counting: RedisClient | undefined;
}

function foundation(
  { kafka, codec, log, onlooker, deadLetters, redis, counting }: Parts,
  diagnostics: Logger,
): Backend {
  const startKafka = async () => {
    await ensureTopics(kafka, diagnostics);
    log.start();
  };
  const check = () => checkRedis(redis[1], (message) => diagnostics.warn(message));
  return {
    log: [
      { name: 'the schema registry', run: () => codec.start() },
      { name: 'Kafka', run: startKafka },
    ],
    view: [{ name: 'Redis', run: check }],
    feed: 'the consumer group',
    openLog: async () => {
      await codec.start().catch(orUnavailable);
      log.start();
      for (const deadline = Date.now() + WRITABLE_WITHIN_MS; !(await log.isWritable()); await pause(20)) {
        if (Date.now() > deadline)
          throw new QueueError(
            'LOG_UNAVAILABLE',
            `The topic ${log.topic} cannot be written to. Does Kafka answer, and is the topic there (topics create)?`,
          );
      }
    },
    connections: () => ({
      kafka: log.isOpen,
      redis_reading: redis[0].status === 'ready',
      redis_writing: redis[1].status === 'ready',
    }),
    unacknowledged: () => log.unacknowledged,
    close: async () => {
      await Promise.all([log.stop(), deadLetters.stop()]);
      await onlooker.close();
      for (const client of [...redis, counting]) client?.disconnect();
    },
  };
}

/** What a retry might mend, in the words of the contract. */
function orUnavailable(error: unknown): never {
  if (error instanceof FatalError || error instanceof QueueError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new QueueError('LOG_UNAVAILABLE', reason, { cause: error });
}

function counts({ roles, limits }: Settings): boolean {
  return roles.has('api') && (limits.perAddress > 0 || limits.perUser > 0);
}
