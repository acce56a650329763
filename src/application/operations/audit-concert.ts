import { createHash } from 'node:crypto';
import { canonicalState } from '../../domain/canonical-state.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset, UserId } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { ReplayPorts, UnreadableLogRecord } from '../projection/partition-history.ts';
import { AuditChecks, type DrawCheck, type Violation } from './audit-checks.ts';
import { type EntryTimeline, EntryTimelines } from './entry-timelines.ts';
import { type Folded, foldConcert, type LogPointInTime } from './fold-concert.ts';

/** What an operator did. */
export interface OperatorAction {
  readonly offset: Offset;
  /** Log time. */
  readonly time: LogTime;
  readonly event: QueueEvent['type'];
  /** From the headers of the record; undefined: they do not name one. */
  readonly actor: string | undefined;
  /** The user concerned. */
  readonly userId?: UserId;
}

const OPERATORS: ReadonlySet<QueueEvent['type']> = new Set([
  'QueueConfigured',
  'QueuePaused',
  'QueueResumed',
  'QueueClosed',
  'NoticePosted',
  'UserDisqualified',
  'UserReinstated',
]);

/** A record with another log time than its timestamp. */
export interface CorrectedRecord {
  readonly offset: Offset;
  readonly stampedAt: LogTime;
  readonly time: LogTime;
}

const HOUR_MS = 3_600_000;

export interface Audit {
  readonly concertId: ConcertId;
  readonly partition: number;
  /** Offset and log time of the concert's last event. */
  readonly offset: Offset;
  readonly time: LogTime;
  readonly events: number;
  /** Requests that created an entry, and rejected requests. */
  readonly entries: number;
  readonly rejected: number;
  readonly called: number;
  readonly inversions: number;
  readonly capacityBreaches: number;
  readonly duplicateEntries: number;
  readonly breaches: readonly Violation[];
  /** Calls by the hour (log time) in which they were made; hours without calls are omitted. */
  readonly admissionsByHour: readonly { readonly hour: LogTime; readonly admitted: number }[];
  /** SHA-256 of the canonical state at `offset`, in hexadecimal. */
  readonly digest: string;
  readonly draw?: DrawCheck;
  /** The operators' actions, redrives included, in order. */
  readonly acts: readonly OperatorAction[];
  /** Records of the concert whose time was corrected. */
  readonly corrected: readonly CorrectedRecord[];
  /** Records that were skipped without a dead letter. */
  readonly skipped: readonly UnreadableLogRecord[];
  readonly passed: boolean;
  /** Every entry that ever existed, in the order of places. */
  readonly visits: readonly EntryTimeline[];
}

/**
 * Checks the promises of a queue from the log alone.
 *
 * @throws QueueError `CONCERT_NOT_FOUND` when it was never configured
 */
export async function auditConcert(ports: ReplayPorts, concertId: ConcertId, until?: LogPointInTime): Promise<Audit> {
  const checks = new AuditChecks();
  const visits = new EntryTimelines();
  const acts: OperatorAction[] = [];
  const corrected: CorrectedRecord[] = [];
  let events = 0;
  const { partition, queue, unreadable } = await foldConcert(ports, concertId, until, (folded) => {
    events += 1;
    const { at, stampedAt } = folded;
    if (stampedAt !== undefined) corrected.push({ offset: at.offset, stampedAt, time: at.timestamp });
    if (isAct(folded)) acts.push(actOf(folded));
    checks.note(folded);
    visits.note(folded);
  });
  if (!queue) throw new QueueError('CONCERT_NOT_FOUND', `The log has never configured ${concertId}.`);
  const all = [...visits.byReceipt.values()].toSorted((a, b) => a.place - b.place || a.offset - b.offset);
  const rejected = all.filter(({ state }) => state === 'REJECTED').length;
  const draw = checks.draw ?? unheld(queue.draw);
  const count = (kind: Violation['kind']) => checks.breaches.filter((breach) => breach.kind === kind).length;
  const drawHolds = !draw || draw.seed === null || (draw.isCommitted && draw.isOrdered);
  return {
    concertId,
    partition,
    offset: queue.offset,
    time: queue.time,
    events,
    entries: all.length - rejected,
    rejected,
    called: all.filter(({ calledAt }) => calledAt !== undefined).length,
    inversions: count('inversion'),
    capacityBreaches: count('capacity'),
    duplicateEntries: count('double life'),
    breaches: checks.breaches,
    admissionsByHour: byHour(all),
    digest: createHash('sha256').update(canonicalState(queue.save())).digest('hex'),
    ...(draw && { draw }),
    acts,
    corrected,
    skipped: unreadable,
    passed: checks.breaches.length === 0 && unreadable.length === 0 && drawHolds,
    visits: all,
  };
}

function isAct({ event, at, actor }: Folded): boolean {
  return actor !== undefined || at.redriveOf !== undefined || OPERATORS.has(event.type);
}

function actOf({ event, at: { offset }, actor, queue }: Folded): OperatorAction {
  const about = 'userId' in event ? { userId: event.userId } : {};
  return { offset, time: queue.time, event: event.type, actor, ...about };
}

function unheld(draw: { readonly commitment: string } | null): DrawCheck | undefined {
  return draw
    ? { commitment: draw.commitment, seed: null, registered: 0, isCommitted: false, isOrdered: false }
    : undefined;
}

function byHour(visits: readonly EntryTimeline[]): Audit['admissionsByHour'] {
  const hours = new Map<LogTime, number>();
  for (const { calledAt } of visits) {
    if (calledAt === undefined) continue;
    const hour = calledAt - (calledAt % HOUR_MS);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return [...hours].toSorted(([a], [b]) => a - b).map(([hour, admitted]) => ({ hour, admitted }));
}
