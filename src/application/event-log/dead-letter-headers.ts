import type { LogTime, Offset } from '../../domain/types.ts';
import type { DeadLetterCause } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** A topic of dead letters leaves 64 KiB for all headers together. */
const LONGEST_MESSAGE = 2000;

/** The headers of a dead letter: the record's own, where it stood in the log of this topic, and why it was passed over. */
export function deadLetterHeaders(
  topic: string,
  record: LogRecord,
  cause: DeadLetterCause,
): Record<string, Buffer | string> {
  const headers: Record<string, Buffer | string> = {};
  for (const [name, value] of Object.entries(record.headers)) if (value !== undefined) headers[name] = value;
  headers['dlt-origin-topic'] = topic;
  headers['dlt-origin-partition'] = `${record.partition}`;
  headers['dlt-origin-offset'] = `${record.offset}`;
  headers['dlt-origin-timestamp'] = `${record.timestamp}`;
  headers['dlt-error-code'] = cause.code;
  headers['dlt-error-message'] = cause.message.slice(0, LONGEST_MESSAGE);
  headers['dlt-failed-at'] = new Date().toISOString();
  return headers;
}

/** The record of this topic's log that a dead letter is of; undefined for what is no dead letter of it: anybody may write to a topic. */
export function originOf(
  topic: string,
  letter: LogRecord,
): { readonly offset: Offset; readonly timestamp: LogTime } | undefined {
  const header = (name: string) => letter.headers[name]?.toString() ?? '';
  if (header('dlt-origin-topic') !== topic) return undefined;
  if (header('dlt-origin-partition') !== `${letter.partition}`) return undefined;
  const [offset, timestamp] = [header('dlt-origin-offset'), header('dlt-origin-timestamp')];
  if (!/^\d{1,15}$/.test(offset) || !/^\d{1,15}$/.test(timestamp)) return undefined;
  return { offset: Number(offset), timestamp: Number(timestamp) };
}
