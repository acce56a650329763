import type { KafkaMessage } from 'kafkajs';
import type { FetchedMessage } from 'kafkajs/src/consumer/batch.js';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';

const NO_HEADERS: LogRecord['headers'] = Object.freeze({});

/** Of a batch to whose records the broker gave its own time. */
const LOG_APPEND_TIME = 1;
/** A record with this time does not advance log time. */
const NO_TIME = 0;

/**
 * Converts a kafkajs message. A repeated header keeps its first value. A record that was written while the topic had
 * `message.timestamp.type=CreateTime` has the time of its producer's clock, which decides nothing.
 */
export function logRecord(partition: number, message: FetchedMessage): LogRecord {
  const { undecodable } = message;
  return {
    partition,
    offset: Number(message.offset),
    timestamp: message.batchContext.timestampType === LOG_APPEND_TIME ? Number(message.timestamp) : NO_TIME,
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
    ...(undecodable && { undecodable }),
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
