import type { LogTime, Offset } from '../../domain/types.ts';
import type { DeadLetterCause } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** The topic of dead letters has room for 64 KiB of headers. */
const MAX_MESSAGE_LENGTH = 2000;

/** The headers of a dead letter: those of the record, its position in the log, and why it was skipped. */
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
  headers['dlt-error-message'] = cause.message.slice(0, MAX_MESSAGE_LENGTH);
  headers['dlt-failed-at'] = new Date().toISOString();
  return headers;
}

/** The position of the original record; undefined if the record is not a dead letter of this topic. */
export function originOf(
  topic: string,
  deadLetter: LogRecord,
): { readonly offset: Offset; readonly timestamp: LogTime } | undefined {
  const header = (name: string) => deadLetter.headers[name]?.toString() ?? '';
  if (header('dlt-origin-topic') !== topic) return undefined;
  if (header('dlt-origin-partition') !== `${deadLetter.partition}`) return undefined;
  const [offset, timestamp] = [header('dlt-origin-offset'), header('dlt-origin-timestamp')];
  if (!/^\d{1,15}$/.test(offset) || !/^\d{1,15}$/.test(timestamp)) return undefined;
  return { offset: Number(offset), timestamp: Number(timestamp) };
}
