import { type KafkaTls, readKafkaTls } from './kafka-tls.ts';
import type { SettingReader } from './setting-reader.ts';

type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

export interface KafkaSettings extends KafkaNames {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Of the log and the dead letters. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Whether topics that can lose acknowledged records are refused; otherwise they are reported. */
  readonly requireDurableTopics: boolean;
  /** undefined: no encryption. */
  readonly ssl: KafkaTls | undefined;
  readonly sasl:
    | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
    | undefined;
}

export interface KafkaNames {
  /** The event log. */
  readonly topic: string;
  readonly deadLetterTopic: string;
  /** The schema ids of the log. */
  readonly schemaTopic: string;
  readonly groupId: string;
}

const HOST_AND_PORT = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

/** @param prefix NAME_PREFIX; separates installations that share a cluster */
export function kafkaNames(prefix: string): KafkaNames {
  return {
    topic: `${prefix}queue.entry`,
    deadLetterTopic: `${prefix}queue.entry.DLT`,
    schemaTopic: `${prefix}queue.schemas`,
    groupId: `${prefix}queue-entry-consumer-group`,
  };
}

export function readKafka(
  reader: SettingReader,
  production: boolean,
  { namePrefix, partitions }: { readonly namePrefix: string; readonly partitions: number },
): KafkaSettings {
  const ssl = readKafkaTls(reader);
  const replicationFactor = reader.integer('KAFKA_REPLICATION_FACTOR', 1, 15, production ? 3 : 1);
  const allowUnsafe = reader.flag('KAFKA_ALLOW_UNSAFE_TOPICS');
  return {
    brokers: reader.list('KAFKA_BROKERS', HOST_AND_PORT, 'host:port'),
    clientId: reader.matching('KAFKA_CLIENT_ID', /^[A-Za-z0-9._-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 . _ -'),
    ...kafkaNames(namePrefix),
    partitions,
    replicationFactor,
    requireDurableTopics: production && !allowUnsafe && replicationFactor >= 3,
    ssl,
    sasl: readSasl(reader),
  };
}

function readSasl(reader: SettingReader): KafkaSettings['sasl'] {
  const mechanism = reader.oneOf('KAFKA_SASL_MECHANISM', ['plain', 'scram-sha-256', 'scram-sha-512']);
  const username = reader.given('KAFKA_SASL_USERNAME');
  const password = reader.given('KAFKA_SASL_PASSWORD');
  if (mechanism && !(username && password))
    reader.reject('KAFKA_SASL_MECHANISM', 'needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  if (!reader.given('KAFKA_SASL_MECHANISM') && (username || password))
    reader.reject('KAFKA_SASL_MECHANISM', 'is missing beside KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  return mechanism && username && password ? { mechanism, username, password } : undefined;
}
