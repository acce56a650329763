import type { LogPosition } from '../../domain/types.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** Origin of the dead letter that a record repeats: its offset, and what the broker had stamped it with. */
const OFFSET = 'redrive-of';
const STAMP = 'redrive-of-timestamp';

/** The headers of a record that is said again. */
export function redriveHeaders({ offset, timestamp }: NonNullable<LogPosition['redriveOf']>): Record<string, string> {
  return { [OFFSET]: `${offset}`, [STAMP]: `${timestamp}` };
}

/** Where a record stands in the log, as the fold is told. A redrive that does not say of what is a record like any other. */
export function positionOf({ offset, timestamp, headers }: LogRecord): LogPosition {
  const origin = headers[OFFSET]?.toString();
  if (origin === undefined || !/^\d{1,15}$/.test(origin)) return { offset, timestamp };
  const first = headers[STAMP]?.toString() ?? '';
  // Without its stamp nothing is known to have ended before it.
  const originStamp = /^\d{1,15}$/.test(first) ? Number(first) : 0;
  return { offset, timestamp, redriveOf: { offset: Number(origin), timestamp: originStamp } };
}
