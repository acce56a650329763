import { randomInt } from 'node:crypto';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { corkedSockets } from './corked-socket.ts';
import type { KafkaOptions, KafkaSecurity } from './kafka-options.ts';
import { kafkajsLog } from './kafkajs-log.ts';
import './kafkajs-connection.ts';
import './kafkajs-request-queue.ts';

/** A client whose every wait is bounded: a request is answered, or given up, within a few seconds. */
export function kafkaClient(settings: KafkaOptions, log: Logger): Kafka {
  return new kafkajs.Kafka(kafkaConfig(settings, log));
}

export function kafkaConfig(settings: KafkaOptions, log: Logger): KafkaConfig {
  return {
    brokers: oneOf(settings.brokers),
    clientId: settings.clientId,
    connectionTimeout: 2000,
    authenticationTimeout: 3000,
    requestTimeout: 5000,
    // Those who call retry for as long as it takes; kafkajs only rides out a blip.
    retry: { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1000, retries: 2 },
    socketFactory: corkedSockets(),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkajsLog(log),
    ...securityOptions(settings),
  };
}

/**
 * Whom kafkajs is to ask first, anew for each connection that it begins with. Given a list, every new client of it would begin
 * with the first and stay with it, if that takes connections and is not there (hung, or behind something that answers for it).
 */
function oneOf(brokers: readonly string[]): () => string[] {
  return () => {
    const at = randomInt(brokers.length);
    return brokers.slice(at, at + 1);
  };
}

/** TLS and SASL as kafkajs takes them. */
export function securityOptions({ ssl, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(ssl ? { ssl: tlsOptions(ssl) } : {}),
    ...(sasl ? { sasl: saslOptions(sasl) } : {}),
  };
}

function tlsOptions({ ca, cert, key }: NonNullable<KafkaSecurity['ssl']>): NonNullable<KafkaConfig['ssl']> {
  return { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) };
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
