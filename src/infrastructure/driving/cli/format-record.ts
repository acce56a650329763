import { actorOf, requestIdOf } from '../../../application/event-log/request-context.ts';
import type { TailedRecord } from '../../../application/operations/tail-log.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { rfc3339 } from './format.ts';

const NAMES: Readonly<Record<QueueEvent['type'], true>> = {
  AdmissionClaimed: true,
  AdmissionCompleted: true,
  DrawHeld: true,
  EntriesAdmitted: true,
  NoticePosted: true,
  QueueClosed: true,
  QueueConfigured: true,
  QueueEntryLeft: true,
  QueueEntryRequested: true,
  QueuePaused: true,
  QueueResumed: true,
  TimePassed: true,
  UserDisqualified: true,
  UserReinstated: true,
};
/** Event types that `--event` accepts. */
export const EVENT_NAMES: readonly string[] = Object.keys(NAMES);

/** An unreadable record matches a concert filter if its key names the concert. */
export function isWanted({ event, record }: TailedRecord, concertId?: string, name?: string): boolean {
  if (event) return (concertId ?? event.concertId) === event.concertId && (name ?? event.type) === event.type;
  return name === undefined && (concertId === undefined || record.key?.toString().split(':').at(-1) === concertId);
}

/** The record for `--json`. */
export function recordJson({ record, logTime, event, unreadable }: TailedRecord): object {
  const { partition, offset, timestamp, headers } = record;
  const redriveOf = headers['redrive-of']?.toString();
  const [requestId, actor] = [requestIdOf(headers), actorOf(headers)];
  return {
    partition,
    offset,
    stampedAt: rfc3339(timestamp),
    ...(logTime !== undefined && { logTime: rfc3339(logTime) }),
    ...(redriveOf !== undefined && { redriveOf: Number(redriveOf) }),
    ...(requestId !== undefined && { requestId }),
    ...(actor !== undefined && { actor }),
    ...(event ? { event } : { unreadable }),
  };
}

/** The record as one line of text. */
export function formatRecord({ record, logTime, event, unreadable }: TailedRecord): string {
  const { partition, offset, timestamp, headers } = record;
  const corrected = logTime === undefined ? '' : ` (log time ${rfc3339(logTime)})`;
  const where = `${rfc3339(timestamp)}${corrected}  ${`${partition}/${offset}`.padEnd(10)}`;
  if (!event) return `${where}  cannot be read: ${unreadable?.code}: ${unreadable?.message}`;
  const { type, concertId, occurredAt: _occurredAt, ...rest } = event;
  const fields = Object.entries(rest).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${formatField(name, value)}`],
  );
  const redriveOf = headers['redrive-of']?.toString();
  if (redriveOf !== undefined) fields.push(`(redrive of ${redriveOf})`);
  const actor = actorOf(headers);
  if (actor !== undefined) fields.push(`(by ${actor})`);
  return `${where}  ${type.padEnd(19)}  ${[concertId, ...fields].join('  ')}`.trimEnd();
}

function formatField(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, inner]) => inner !== null);
    return `{${fields.map(([field, inner]) => `${field}=${formatInner(inner)}`).join(' ')}}`;
  }
  // `through` is a time in TimePassed and a place in EntriesAdmitted. Places are smaller than any such time.
  return name === 'through' && typeof value === 'number' && value > 1e11 ? rfc3339(value) : String(value);
}

/** Quotes a text that is not one word. */
function formatInner(value: unknown): string {
  return typeof value === 'string' && !/^[^\s"={}]+$/.test(value) ? JSON.stringify(value) : String(value);
}
