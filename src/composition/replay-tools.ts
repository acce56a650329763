import { QueueError } from '../application/errors.ts';
import type { UsingReplayTools } from '../application/operations/operations.ts';
import { ProjectionsStatus } from '../application/operations/projections-status.ts';
import { VerifyProjections } from '../application/operations/verify-projections.ts';
import type { DeadLetters } from '../application/ports/dead-letters.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../infrastructure/driven/avro/schema-registry.confluent.ts';
import { KafkaDeadLetters } from '../infrastructure/driven/kafka/kafka-dead-letters.ts';
import { KafkaLogReader } from '../infrastructure/driven/kafka/kafka-log-reader.ts';
import { connectRedis, type RedisClient, untilReady } from '../infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../infrastructure/driven/redis/redis-keys.ts';
import { RedisQueueViewInspector } from '../infrastructure/driven/redis/redis-queue-view-inspector.ts';
import { RedisQueueViewReader } from '../infrastructure/driven/redis/redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from '../infrastructure/driven/redis/redis-queue-view-writer.ts';
import { kafkaSettingsOf } from './kafka-settings-of.ts';

const CONNECTED_WITHIN_MS = 5_000;

type ReplaySettings = Pick<Settings, 'kafka' | 'namePrefix' | 'queuePartitions' | 'schemaRegistry' | 'redis'>;

/** Puts the tools of replay together: the log, its dead letters and the view, all of them for reading. */
export function replayTools(settings: ReplaySettings, diagnostics: Logger): UsingReplayTools {
  return async (work) => {
    const kafka = kafkaSettingsOf(settings);
    const log = new KafkaLogReader(kafka, kafka.topic, diagnostics);
    const letters = new KafkaLogReader(kafka, kafka.deadLetterTopic, diagnostics);
    const kafkaDeadLetters = new KafkaDeadLetters(kafka, diagnostics);
    const deadLetters: DeadLetters = {
      add: (record, cause) => kafkaDeadLetters.add(record, cause),
      of: (partition) => kafkaDeadLetters.of(partition).catch(orUnavailable('LOG_UNAVAILABLE', 'The dead letters')),
    };
    const codec = new AvroEventCodec(new ConfluentSchemaRegistry(settings.schemaRegistry), { registerAtStart: false });
    const reader = new EventReader(codec, settings.queuePartitions);
    const ports = { log, deadLetters, reader };
    const keys = new RedisKeys(settings.namePrefix);
    let redis: RedisClient | undefined;
    /** Only some of the tools look at the view. */
    const view = async () => {
      redis ??= connectRedis(settings.redis, 'write', (message) => diagnostics.debug(message));
      await untilReady(redis, CONNECTED_WITHIN_MS).catch(orUnavailable('PROJECTION_UNAVAILABLE', 'The view'));
      return redis;
    };
    try {
      return await work({
        ports,
        letters,
        reader,
        topic: kafka.topic,
        verify: async () => {
          const client = await view();
          const records = new RedisQueueViewWriter(client, keys, 'onlooker');
          return new VerifyProjections({ ...ports, records, view: new RedisQueueViewInspector(client, keys) });
        },
        status: async () =>
          new ProjectionsStatus({ log, deadLetters, view: new RedisQueueViewReader(await view(), keys) }),
      });
    } finally {
      redis?.disconnect();
      await Promise.all([log.close(), letters.close(), kafkaDeadLetters.stop()]);
    }
  };
}

function orUnavailable(code: 'LOG_UNAVAILABLE' | 'PROJECTION_UNAVAILABLE', what: string): (cause: unknown) => never {
  return (cause) => {
    throw new QueueError(code, `${what} cannot be read: ${String(cause)}`, { cause });
  };
}
