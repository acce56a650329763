import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';

const NO_HEADERS: LogRecord['headers'] = Object.freeze({});

/** Converts a kafkajs message. A repeated header keeps its first value. */
export function logRecord(partition: number, message: KafkaMessage): LogRecord {
  return {
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
  };
}

function headersOf(headers: KafkaMessage['headers']): LogRecord['headers'] {
  if (!headers) return NO_HEADERS;
  const names = Object.keys(headers);
  if (names.length === 0) return NO_HEADERS;
  return Object.fromEntries(
    names.map((name) => {
      const value = headers[name];
      return [name, Array.isArray(value) ? value[0] : value];
    }),
  );
}
