/** The history of a queue by its log: the fold, with its counts after each event. */
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import { type Entry, FULL_REFRESH, type LogTime } from '../../src/domain/types.ts';
import type { LoggedEvent } from '../support/fold.ts';

export interface LogStep {
  readonly offset: number;
  readonly timestamp: LogTime;
  readonly type: string;
  readonly capacity: number;
  readonly admitted: number;
  readonly waiting: number;
}

/** An entry that was admitted, and how it ended. */
export interface AdmittedEntry {
  readonly userId: string;
  readonly place: number;
  readonly admittedAt: LogTime;
  endedAt?: LogTime;
  end?: string;
  claimedAt?: LogTime;
}

export class AdmissionHistory {
  readonly steps: LogStep[] = [];
  readonly admissions: AdmittedEntry[] = [];
  readonly queue: ConcertQueue;

  constructor(events: readonly LoggedEvent[], concertId: string) {
    const [first, ...rest] = events.filter(({ event }) => event.concertId === concertId);
    if (first?.event.type !== 'QueueConfigured') throw new Error(`${concertId} was never configured`);
    this.queue = ConcertQueue.begin(first.event, first.record);
    for (const { event, record } of rest) {
      const effect = this.queue.apply(event, record);
      if (effect !== FULL_REFRESH)
        for (const change of effect) if ('userId' in change && 'place' in change) this.#note(change);
      const { policy, called, waiting, time: timestamp } = this.queue;
      this.steps.push({
        offset: record.offset,
        timestamp,
        type: event.type,
        capacity: policy.capacity,
        admitted: called,
        waiting,
      });
    }
  }

  /** Steps after which more entries were READY or ACTIVE than the capacity. */
  get overCapacity(): readonly LogStep[] {
    return this.steps.filter(({ admitted, capacity }) => admitted > capacity);
  }

  /** The longest log time between two admissions while users waited. */
  get longestGapMs(): number {
    let since: LogTime | undefined;
    let longest = 0;
    const admittedAt = new Set(this.admissions.map(({ admittedAt: at }) => at));
    for (const { timestamp, waiting, type } of this.steps) {
      if (since !== undefined) longest = Math.max(longest, timestamp - since);
      if (waiting === 0) since = undefined;
      else if (since === undefined || (type === 'EntriesAdmitted' && admittedAt.has(timestamp))) since = timestamp;
    }
    return longest;
  }

  /** Users admitted more than once. */
  get admittedTwice(): readonly string[] {
    const seen = new Set<string>();
    return this.admissions.flatMap(({ userId }) => (seen.has(userId) ? [userId] : (seen.add(userId), [])));
  }

  /** Places in the order of admission. */
  get order(): readonly number[] {
    return this.admissions.map(({ place }) => place);
  }

  /**
   * Entries that expired unclaimed with less than `windowMs` outside the gaps: spans of log time in which their state was not
   * visible.
   */
  expiredTooEarly(
    windowMs: number,
    gaps: readonly (readonly [from: LogTime, to: LogTime])[],
  ): readonly AdmittedEntry[] {
    return this.admissions.filter(({ admittedAt, claimedAt, end, endedAt = 0 }) => {
      if (end !== 'EXPIRED' || claimedAt !== undefined) return false;
      const gapMs = gaps.map(([from, to]) => Math.max(0, Math.min(to, endedAt) - Math.max(from, admittedAt)));
      return endedAt - admittedAt - gapMs.reduce((sum, ms) => sum + ms, 0) < windowMs;
    });
  }

  #note(entry: Entry): void {
    const { userId, place } = entry;
    const now = this.queue.time;
    const call = this.admissions.findLast((one) => one.userId === userId && one.place === place);
    if (entry.state === 'READY') this.admissions.push({ userId, place, admittedAt: now });
    else if (call && entry.state === 'ACTIVE') call.claimedAt = now;
    else if (call && 'endedAt' in entry) {
      call.end = entry.state;
      call.endedAt = now;
    }
  }
}
