import type { LogTime } from '../../domain/types.ts';
import type { EntryTimeline, EntryTimelines } from './entry-timelines.ts';

/** The waiting times of a run. In milliseconds. */
export interface WaitingTimes {
  readonly entries: number;
  readonly rejected: number;
  readonly called: number;
  /** Users who left, were disqualified, or still waited at the end. */
  readonly neverCalled: number;
  readonly completed: number;
  readonly expired: number;
  /** Absent if no entry was called. */
  readonly waits?: {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Log time of the last call. */
  readonly lastCallAt?: LogTime;
}

export function waitingTimes(visits: EntryTimelines): WaitingTimes {
  const all = [...visits.byReceipt.values()];
  const count = (state: EntryTimeline['state']): number => all.filter((visit) => visit.state === state).length;
  const entries = all.length - count('REJECTED');
  const waits = all.flatMap((visit) => waitOf(visit) ?? []).toSorted((a, b) => a - b);
  const lastCallAt = all.reduce((last, { calledAt = 0 }) => Math.max(last, calledAt), 0);
  return {
    entries,
    rejected: count('REJECTED'),
    called: waits.length,
    neverCalled: entries - waits.length,
    completed: count('COMPLETED'),
    expired: count('EXPIRED'),
    ...(waits.length > 0 && { waits: distribution(waits), lastCallAt }),
  };
}

/** Time from the request, or from its draw, to the call; undefined for an entry that was never called. */
export function waitOf({ waitsFrom, calledAt }: EntryTimeline): number | undefined {
  return calledAt === undefined ? undefined : calledAt - waitsFrom;
}

/** By the nearest rank. @param sorted at least one */
function distribution(sorted: readonly number[]): NonNullable<WaitingTimes['waits']> {
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const mean = Math.round(sorted.reduce((sum, wait) => sum + wait, 0) / sorted.length);
  return { mean, p50: rank(0.5), p90: rank(0.9), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
}
