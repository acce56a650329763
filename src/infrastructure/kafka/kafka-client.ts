import { readFileSync } from 'node:fs';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { FatalError } from '../../application/errors.ts';
import { gatheringSockets } from './gathering-socket.ts';
import type { KafkaLog, KafkaSecurity, KafkaSettings } from './kafka-settings.ts';
import { kafkajsLog } from './kafkajs-log.ts';
import './kafkajs-request-queue.ts';

/** A client whose every wait is bounded: a request is answered, or given up, within a few seconds. */
export function kafkaClient(settings: KafkaSettings, log: KafkaLog): Kafka {
  return new kafkajs.Kafka(kafkaOptions(settings, log));
}

export function kafkaOptions(settings: KafkaSettings, log: KafkaLog): KafkaConfig {
  return {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: 2000,
    authenticationTimeout: 3000,
    requestTimeout: 5000,
    // Those who call retry for as long as it takes; kafkajs only rides out a blip.
    retry: { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1000, retries: 2 },
    socketFactory: gatheringSockets(),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkajsLog(log),
    ...securityOptions(settings),
  };
}

/**
 * TLS and SASL as kafkajs takes them.
 * @throws FatalError for a file that cannot be read, or a certificate without its key
 */
export function securityOptions({ ssl, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(ssl ? { ssl: tlsOptions(ssl) } : {}),
    ...(sasl ? { sasl: saslOptions(sasl) } : {}),
  };
}

function tlsOptions({ ca, cert, key }: NonNullable<KafkaSecurity['ssl']>): NonNullable<KafkaConfig['ssl']> {
  if ((cert === undefined) !== (key === undefined)) {
    throw new FatalError('KAFKA_SSL_CERT and KAFKA_SSL_KEY must be given together');
  }
  return {
    ...(ca === undefined ? {} : { ca: [pem('KAFKA_SSL_CA', ca)] }),
    ...(cert === undefined ? {} : { cert: pem('KAFKA_SSL_CERT', cert) }),
    ...(key === undefined ? {} : { key: pem('KAFKA_SSL_KEY', key) }),
  };
}

/** kafkajs types each mechanism on its own. */
function saslOptions({ mechanism, username, password }: NonNullable<KafkaSecurity['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}

function pem(name: string, given: string): string {
  if (given.includes('-----BEGIN ')) return given.replaceAll('\\n', '\n'); // environment files often hold one line
  try {
    return readFileSync(given, 'utf8');
  } catch (error) {
    throw new FatalError(`${name}: the file cannot be read`, { cause: error });
  }
}
