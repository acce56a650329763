import type { Settings } from '../config/settings.ts';
import { type KafkaOptions, kafkaNames } from '../infrastructure/driven/kafka/kafka-settings.ts';

/** What the Kafka adapters need to know, from all that is set. */
export function kafkaSettingsOf({
  kafka,
  namePrefix,
  queuePartitions,
}: Pick<Settings, 'kafka' | 'namePrefix' | 'queuePartitions'>): KafkaOptions {
  return { ...kafka, ...kafkaNames(namePrefix), partitions: queuePartitions };
}
