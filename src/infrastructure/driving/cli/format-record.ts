import { actorOf, requestIdOf } from '../../../application/event-log/request-context.ts';
import type { TailedRecord } from '../../../application/operations/tail-log.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { rfc3339 } from './format.ts';

const NAMES: Readonly<Record<QueueEvent['type'], true>> = {
  AdmissionClaimed: true,
  AdmissionCompleted: true,
  DrawHeld: true,
  EntriesAdmitted: true,
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
/** Whatever may be asked for by name: a name that is none would be waited for in vain. */
export const EVENT_NAMES: readonly string[] = Object.keys(NAMES);

/** What cannot be read is shown to whoever filters by concert if its key names it. */
export function isWanted({ event, record }: TailedRecord, concertId?: string, name?: string): boolean {
  if (event) return (concertId ?? event.concertId) === event.concertId && (name ?? event.type) === event.type;
  return name === undefined && (concertId === undefined || record.key?.toString().split(':').at(-1) === concertId);
}

/** For programs: one line a record. */
export function recordJson({ record, event, unreadable }: TailedRecord): object {
  const { partition, offset, timestamp, headers } = record;
  const redriveOf = headers['redrive-of']?.toString();
  const [requestId, actor] = [requestIdOf(headers), actorOf(headers)];
  return {
    partition,
    offset,
    stampedAt: rfc3339(timestamp),
    ...(redriveOf !== undefined && { redriveOf: Number(redriveOf) }),
    ...(requestId !== undefined && { requestId }),
    ...(actor !== undefined && { actor }),
    ...(event ? { event } : { unreadable }),
  };
}

/** For people: one line a record. */
export function formatRecord({ record, event, unreadable }: TailedRecord): string {
  const { partition, offset, timestamp, headers } = record;
  const where = `${rfc3339(timestamp)}  ${`${partition}/${offset}`.padEnd(10)}`;
  if (!event) return `${where}  cannot be read: ${unreadable?.code}: ${unreadable?.message}`;
  const { type, concertId, occurredAt: _said, ...rest } = event;
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
    const inner = Object.entries(value).filter(([, one]) => one !== null);
    return `{${inner.map(([field, one]) => `${field}=${String(one)}`).join(' ')}}`;
  }
  // The `through` of a TimePassed is a time, that of an EntriesAdmitted a place; no place is that large.
  return name === 'through' && typeof value === 'number' && value > 1e11 ? rfc3339(value) : String(value);
}
