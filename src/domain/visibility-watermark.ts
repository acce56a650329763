import type { OutageHold } from './admission-policy.ts';
import type { LogTime } from './types.ts';

/** A longer silence is a gap: time in which users may not have been able to learn that they were called. */
export const GAP_MS = 1000;
/** As long as the longest window there is: an unknown gap is held for one claim window, whatever that is. */
const UNKNOWN_GAP_MS = 7 * 86_400_000;

/** As kept in the partition's record. */
export interface VisibilityRecord {
  /** Log time up to which users could read where they stand. */
  readonly visibleUntil: LogTime;
  readonly hold: StoredHold | null;
}

interface StoredHold {
  /** Log time at which the gap began. */
  readonly through: LogTime;
  /** Log time at which it was over. */
  readonly from: LogTime;
  readonly lengthMs: number;
}

/**
 * Up to when time is vouched for: nobody expires for time in which they could not know. After a gap it stands still at the gap's
 * start for as long as the gap lasted, at most one claim window.
 */
export class VisibilityWatermark {
  #vouched: LogTime | undefined;
  #hold: StoredHold | null = null;

  /** @param stored what the former owner vouched for; undefined when that is lost */
  constructor(stored?: VisibilityRecord | null) {
    if (!stored) return;
    this.#vouched = stored.visibleUntil;
    this.#hold = stored.hold;
  }

  /**
   * Users can read where they stand, at log time `now`, as of all that was logged until `shown`. The two differ by what is under
   * way; after a standstill, `shown` may be a time in it, and it was shown to nobody before `now`.
   */
  confirm(shown: LogTime, now: LogTime): void {
    const since = this.#vouched;
    if (since === undefined) this.#hold = { through: 0, from: now, lengthMs: UNKNOWN_GAP_MS };
    else if (shown - since > GAP_MS) this.#hold = this.#widened(since, now);
    this.#vouched = Math.max(shown, since ?? 0);
  }

  /** It was found that nothing is certain after `time`. */
  retract(time: LogTime): void {
    if (this.#vouched !== undefined) this.#vouched = Math.min(this.#vouched, time);
  }

  /** Log time through which whoever was given `claimWindowMs` may expire; -1 while nothing is known. */
  through(claimWindowMs: number): LogTime {
    const hold = this.#standing(claimWindowMs);
    return hold ? hold.through : (this.#vouched ?? -1);
  }

  /** The hold that stands for whoever was given `claimWindowMs`. */
  hold(claimWindowMs: number): OutageHold | undefined {
    const hold = this.#standing(claimWindowMs);
    return hold && { through: hold.through, until: hold.from + Math.min(hold.lengthMs, claimWindowMs) };
  }

  record(): VisibilityRecord | null {
    return this.#vouched === undefined ? null : { visibleUntil: this.#vouched, hold: this.#hold };
  }

  #standing(claimWindowMs: number): StoredHold | undefined {
    const hold = this.#hold;
    if (!hold || this.#vouched === undefined) return undefined;
    return this.#vouched < hold.from + Math.min(hold.lengthMs, claimWindowMs) ? hold : undefined;
  }

  /** A gap within a hold adds to what was left of it, from the same start. */
  #widened(since: LogTime, now: LogTime): StoredHold {
    const before = this.#hold;
    const left = before ? Math.max(0, before.from + before.lengthMs - since) : 0;
    const through = before && left > 0 ? before.through : since;
    return { through, from: now, lengthMs: Math.min(UNKNOWN_GAP_MS, now - since + left) };
  }
}
