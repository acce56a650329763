/** What happened in a waiting room, told by its log alone: the fold of the log, looked at after each event. */
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import { type Entry, FULL_REFRESH, type LogTime } from '../../src/domain/types.ts';
import type { LoggedEvent } from '../support/fold.ts';

export interface Moment {
  readonly offset: number;
  readonly timestamp: LogTime;
  readonly type: string;
  readonly capacity: number;
  readonly called: number;
  readonly waiting: number;
}

/** One life that was called, and how it went on. */
export interface Called {
  readonly userId: string;
  readonly place: number;
  readonly calledAt: LogTime;
  endedAt?: LogTime;
  end?: string;
  claimedAt?: LogTime;
}

export class Room {
  readonly moments: Moment[] = [];
  readonly calls: Called[] = [];
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
      this.moments.push({
        offset: record.offset,
        timestamp,
        type: event.type,
        capacity: policy.capacity,
        called,
        waiting,
      });
    }
  }

  /** Moments at which more were READY or ACTIVE than the capacity. */
  get overfull(): readonly Moment[] {
    return this.moments.filter(({ called, capacity }) => called > capacity);
  }

  /** The longest log time between two calls, or from the first event with someone waiting to the first call. */
  get longestStandstillMs(): number {
    let since: LogTime | undefined;
    let longest = 0;
    const calledAt = new Set(this.calls.map(({ calledAt: at }) => at));
    for (const { timestamp, waiting, type } of this.moments) {
      if (since !== undefined) longest = Math.max(longest, timestamp - since);
      if (waiting === 0) since = undefined;
      else if (since === undefined || (type === 'EntriesAdmitted' && calledAt.has(timestamp))) since = timestamp;
    }
    return longest;
  }

  /** Users who were called more than once. */
  get calledTwice(): readonly string[] {
    const seen = new Set<string>();
    return this.calls.flatMap(({ userId }) => (seen.has(userId) ? [userId] : (seen.add(userId), [])));
  }

  /** Places in the order of the calls. */
  get order(): readonly number[] {
    return this.calls.map(({ place }) => place);
  }

  /**
   * Those who expired without claiming although they had less than `windowMs` in which they could know of their call, gaps
   * (of log time, in which nobody could) not counted.
   */
  expiredTooEarly(windowMs: number, gaps: readonly (readonly [from: LogTime, to: LogTime])[]): readonly Called[] {
    return this.calls.filter(({ calledAt, claimedAt, end, endedAt = 0 }) => {
      if (end !== 'EXPIRED' || claimedAt !== undefined) return false;
      const dark = gaps.map(([from, to]) => Math.max(0, Math.min(to, endedAt) - Math.max(from, calledAt)));
      return endedAt - calledAt - dark.reduce((sum, ms) => sum + ms, 0) < windowMs;
    });
  }

  #note(entry: Entry): void {
    const { userId, place } = entry;
    const now = this.queue.time;
    const call = this.calls.findLast((one) => one.userId === userId && one.place === place);
    if (entry.state === 'READY') this.calls.push({ userId, place, calledAt: now });
    else if (call && entry.state === 'ACTIVE') call.claimedAt = now;
    else if (call && 'endedAt' in entry) {
      call.end = entry.state;
      call.endedAt = now;
    }
  }
}
