import { orUnavailable } from '../application/errors.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import type { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Tracing } from '../application/ports/tracing.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../infrastructure/driven/avro/schema-registry.confluent.ts';
import { KafkaDeadLetters } from '../infrastructure/driven/kafka/kafka-dead-letters.ts';
import { KafkaEventLog } from '../infrastructure/driven/kafka/kafka-event-log.ts';
import { KafkaLogReader } from '../infrastructure/driven/kafka/kafka-log-reader.ts';
import { KafkaLogSubscription } from '../infrastructure/driven/kafka/kafka-log-subscription.ts';
import { KafkaRedriver } from '../infrastructure/driven/kafka/kafka-redriver.ts';
import { KafkaSchemaIds } from '../infrastructure/driven/kafka/kafka-schema-ids.ts';
import { connectRedis, type RedisClient, untilReady } from '../infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../infrastructure/driven/redis/redis-keys.ts';
import { RedisQueueViewInspector } from '../infrastructure/driven/redis/redis-queue-view-inspector.ts';
import { RedisQueueViewReader } from '../infrastructure/driven/redis/redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from '../infrastructure/driven/redis/redis-queue-view-writer.ts';
import { RedisRebuildRequests } from '../infrastructure/driven/redis/redis-rebuild-requests.ts';

const REDIS_READY_TIMEOUT_MS = 5_000;

type RedisPurpose = Parameters<typeof connectRedis>[1];

/** The only place that constructs the adapters of Kafka, the schema registry and Redis. Constructs each at first use. */
export class KafkaAdapters {
  readonly registry: ConfluentSchemaRegistry;
  readonly codec: AvroEventCodec;
  readonly eventReader: EventReader;
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #keys: RedisKeys;
  readonly #redis = new Map<RedisPurpose, RedisClient>();
  readonly #logReaders = new Map<string, KafkaLogReader>();
  #eventLog: KafkaEventLog | undefined;
  #deadLetters: KafkaDeadLetters | undefined;
  #redriver: KafkaRedriver | undefined;

  constructor(settings: Settings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#keys = new RedisKeys(settings.namePrefix);
    this.registry = new ConfluentSchemaRegistry(settings.schemaRegistry);
    const ids = new KafkaSchemaIds(settings.kafka, logger);
    this.codec = new AvroEventCodec(this.registry, { registerAtStart: !settings.production, ids });
    this.eventReader = new EventReader(this.codec, settings.queuePartitions);
  }

  eventLog(telemetry: Telemetry, tracing: Tracing | undefined): KafkaEventLog {
    this.#eventLog ??= new KafkaEventLog(this.#settings.kafka, this.codec, this.#logger, {}, telemetry, tracing);
    return this.#eventLog;
  }

  subscription(): KafkaLogSubscription {
    return new KafkaLogSubscription(this.#settings.kafka, this.#logger);
  }

  /** @param topic the log, or its dead letters */
  logReader(topic = this.#settings.kafka.topic): KafkaLogReader {
    const existing = this.#logReaders.get(topic);
    if (existing) return existing;
    const reader = new KafkaLogReader(this.#settings.kafka, topic, this.#logger);
    this.#logReaders.set(topic, reader);
    return reader;
  }

  deadLetters(): KafkaDeadLetters {
    this.#deadLetters ??= new KafkaDeadLetters(this.#settings.kafka, this.#logger);
    return this.#deadLetters;
  }

  redriver(): KafkaRedriver {
    this.#redriver ??= new KafkaRedriver(this.#settings.kafka, this.#logger);
    return this.#redriver;
  }

  /** One client per purpose. All clients lose the same server, so only the reading one logs it. */
  redis(purpose: RedisPurpose): RedisClient {
    const existing = this.#redis.get(purpose);
    if (existing) return existing;
    const warn = purpose === 'read' ? (message: string) => this.#logger.warn(message) : () => undefined;
    const client = connectRedis(this.#settings.redis, purpose, warn);
    this.#redis.set(purpose, client);
    return client;
  }

  /** @throws QueueError `PROJECTION_UNAVAILABLE` */
  async connectedRedis(): Promise<RedisClient> {
    const client = this.redis('write');
    await untilReady(client, REDIS_READY_TIMEOUT_MS).catch(
      orUnavailable('PROJECTION_UNAVAILABLE', 'The view cannot be reached: '),
    );
    return client;
  }

  viewReader(client = this.redis('read')): RedisQueueViewReader {
    return new RedisQueueViewReader(client, this.#keys);
  }

  viewWriter(owner: string): RedisQueueViewWriter {
    return new RedisQueueViewWriter(this.redis('write'), this.#keys, owner);
  }

  viewInspector(): RedisQueueViewInspector {
    return new RedisQueueViewInspector(this.redis('write'), this.#keys);
  }

  rebuildRequests(owner: string): RedisRebuildRequests {
    return new RedisRebuildRequests(this.redis('write'), this.#keys, owner);
  }

  /** Flushes the producers, then closes every connection that was opened. */
  async close(): Promise<void> {
    await Promise.all([this.#eventLog?.stop(), this.#deadLetters?.stop(), this.#redriver?.close()]);
    await Promise.all([...this.#logReaders.values()].map((reader) => reader.close()));
    for (const client of this.#redis.values()) client.disconnect();
  }
}
