import { readFileSync } from 'node:fs';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { FatalError } from '../../application/errors.ts';
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
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkajsLog(log),
    ...securityOptions(settings.security ?? {}),
  };
}

/**
 * TLS and SASL as kafkajs takes them. A CA or a client certificate asks for TLS by itself.
 * @throws FatalError for a file that cannot be read, or a certificate without its key
 */
export function securityOptions(security: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { sslCa, sslCert, sslKey, sasl } = security;
  if ((sslCert === undefined) !== (sslKey === undefined)) {
    throw new FatalError('KAFKA_SSL_CERT and KAFKA_SSL_KEY must be given together');
  }
  const tls = {
    ...(sslCa === undefined ? {} : { ca: [pem('KAFKA_SSL_CA', sslCa)] }),
    ...(sslCert === undefined ? {} : { cert: pem('KAFKA_SSL_CERT', sslCert) }),
    ...(sslKey === undefined ? {} : { key: pem('KAFKA_SSL_KEY', sslKey) }),
  };
  const named = Object.keys(tls).length > 0;
  if (named && security.ssl === false) {
    throw new FatalError('KAFKA_SSL is off, but KAFKA_SSL_CA, KAFKA_SSL_CERT or KAFKA_SSL_KEY is given');
  }
  return {
    ...(named ? { ssl: tls } : security.ssl ? { ssl: true } : {}),
    ...(sasl ? { sasl: saslOptions(sasl) } : {}),
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
