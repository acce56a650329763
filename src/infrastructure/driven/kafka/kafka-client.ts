import { randomInt } from 'node:crypto';
import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { corkedSockets } from './corked-socket.ts';
import type { KafkaOptions, KafkaSecurity } from './kafka-options.ts';
import { kafkajsLog } from './kafkajs-log.ts';
import './kafkajs-compression.ts';
import './kafkajs-connection.ts';
import './kafkajs-fetch-response.ts';
import './kafkajs-request-queue.ts';

/** A client that answers or fails each request within a few seconds. */
export function kafkaClient(options: KafkaOptions, log: Logger): Kafka {
  return new kafkajs.Kafka(kafkaConfig(options, log));
}

export function kafkaConfig(options: KafkaOptions, log: Logger): KafkaConfig {
  return {
    brokers: randomBroker(options.brokers),
    clientId: options.clientId,
    connectionTimeout: 2000,
    authenticationTimeout: 3000,
    requestTimeout: 5000,
    // Callers retry for as long as needed; kafkajs covers short failures only.
    retry: { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1000, retries: 2 },
    socketFactory: corkedSockets(),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkajsLog(log),
    ...securityConfig(options),
  };
}

/**
 * Chooses a bootstrap broker at random for each new connection. With a list, every new client starts with the first broker and
 * stays with it, even if that broker accepts connections and never answers.
 */
function randomBroker(brokers: readonly string[]): () => string[] {
  return () => {
    const index = randomInt(brokers.length);
    return brokers.slice(index, index + 1);
  };
}

/** The TLS and SASL options of kafkajs. */
export function securityConfig({ ssl, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(ssl ? { ssl: tlsConfig(ssl) } : {}),
    ...(sasl ? { sasl: saslConfig(sasl) } : {}),
  };
}

function tlsConfig({ ca, cert, key }: NonNullable<KafkaSecurity['ssl']>): NonNullable<KafkaConfig['ssl']> {
  return { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) };
}

/** kafkajs has a separate type for each mechanism. */
function saslConfig({ mechanism, username, password }: NonNullable<KafkaSecurity['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
