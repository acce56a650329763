import type { LogPosition, LogTime } from '../../domain/types.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { SCHEMA, schemaFingerprint } from './schema-fingerprint.ts';

/** Offset and timestamp of the record that was skipped as a dead letter. */
const OFFSET = 'redrive-of';
const TIMESTAMP = 'redrive-of-timestamp';

/** The headers of a record that is redriven. One that failed again after a redrive keeps its first receipt. */
export function redriveHeaders(record: LogRecord): Record<string, string> {
  const { offset, timestamp } = positionOf(record).redriveOf ?? record;
  const schema = schemaFingerprint(record.headers[SCHEMA]);
  return { [OFFSET]: `${offset}`, [TIMESTAMP]: `${timestamp}`, ...(schema !== undefined && { [SCHEMA]: schema }) };
}

/**
 * The position of a record for the fold. Without a valid `redrive-of` header the record is not a redrive.
 *
 * @param timestamp the log time of the record, if a correction changes it
 */
export function positionOf(record: LogRecord, timestamp: LogTime = record.timestamp): LogPosition {
  const { offset, headers } = record;
  const origin = headers[OFFSET]?.toString();
  if (origin === undefined || !/^\d{1,15}$/.test(origin)) return { offset, timestamp };
  const original = headers[TIMESTAMP]?.toString() ?? '';
  // At 0, every outcome of the user is later than the dead letter.
  const originTimestamp = /^\d{1,15}$/.test(original) ? Number(original) : 0;
  return { offset, timestamp, redriveOf: { offset: Number(origin), timestamp: originTimestamp } };
}
