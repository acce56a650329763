import { QueueError } from '../application/errors.ts';
import { RedriveDeadLetters } from '../application/operations/redrive-dead-letters.ts';
import { FollowRebuild } from '../application/operations/request-rebuild.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../infrastructure/driven/avro/schema-registry.confluent.ts';
import { KafkaDeadLetters } from '../infrastructure/driven/kafka/kafka-dead-letters.ts';
import { KafkaLogReader } from '../infrastructure/driven/kafka/kafka-log-reader.ts';
import { KafkaRedriver } from '../infrastructure/driven/kafka/kafka-redriver.ts';
import { connectRedis, untilReady } from '../infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../infrastructure/driven/redis/redis-keys.ts';
import { RedisQueueViewReader } from '../infrastructure/driven/redis/redis-queue-view-reader.ts';
import { RedisRebuildRequests } from '../infrastructure/driven/redis/redis-rebuild-requests.ts';
import type { MaintenanceTools } from '../infrastructure/driving/cli/cli-context.ts';
import { kafkaSettingsOf } from './kafka-settings-of.ts';

const CONNECTED_WITHIN_MS = 5_000;

type MendingSettings = Pick<Settings, 'kafka' | 'namePrefix' | 'queuePartitions' | 'schemaRegistry' | 'redis'>;

/** Puts together what operators mend with: rebuilds and redrives. Lets go of every server however the work ends. */
export async function withMendingTools<T>(
  settings: MendingSettings,
  diagnostics: Logger,
  work: (tools: MaintenanceTools) => Promise<T>,
): Promise<T> {
  const { namePrefix, queuePartitions: partitions } = settings;
  const kafka = kafkaSettingsOf(settings);
  const view = connectRedis(settings.redis, 'write', (message) => diagnostics.debug(message));
  const log = new KafkaLogReader(kafka, kafka.topic, diagnostics);
  const deadLetters = new KafkaDeadLetters(kafka, diagnostics);
  const redriver = new KafkaRedriver(kafka, diagnostics);
  const registry = new ConfluentSchemaRegistry(settings.schemaRegistry);
  const reader = new EventReader(new AvroEventCodec(registry, { registerAtStart: false }), partitions);
  const keys = new RedisKeys(namePrefix);
  try {
    await untilReady(view, CONNECTED_WITHIN_MS).catch((cause: unknown) => {
      throw new QueueError('PROJECTION_UNAVAILABLE', 'The view cannot be reached.', { cause });
    });
    return await work({
      partitions,
      rebuild: new FollowRebuild(new RedisRebuildRequests(view, keys, 'operator')),
      redrive: new RedriveDeadLetters({
        log,
        deadLetters,
        reader,
        redriver,
        view: new RedisQueueViewReader(view, keys),
      }),
    });
  } finally {
    view.disconnect();
    await Promise.all([log.close(), deadLetters.stop(), redriver.close()]);
  }
}
