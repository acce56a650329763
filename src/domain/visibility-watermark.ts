import type { OutageHold } from './admission-policy.ts';
import type { LogTime } from './types.ts';

/** A longer time without confirmation is an outage: users may not have seen that they were called. */
export const OUTAGE_MS = 1000;
/** Log time that lies further back than this was corrected. A new owner's estimate may be back by less. */
const CORRECTED_MS = 10_000;
/** The longest claim window. The hold after an outage of unknown length ends after the claim window of each policy. */
const UNKNOWN_OUTAGE_MS = 7 * 86_400_000;

/** The watermark as stored in the checkpoint of a partition. */
export interface VisibilityRecord {
  /** Log time up to which users could read the state of their entries. */
  readonly visibleUntil: LogTime;
  readonly hold: StoredHold | null;
}

interface StoredHold {
  /** Log time at which the outage began. */
  readonly through: LogTime;
  /** Log time at which the outage ended. */
  readonly from: LogTime;
  readonly lengthMs: number;
}

/**
 * The log time up to which users could read the state of their entries. No entry expires for time after it. After an outage the
 * watermark stays at its start for the length of the outage, at most one claim window.
 */
export class VisibilityWatermark {
  #visibleUntil: LogTime | undefined;
  #hold: StoredHold | null = null;

  /** @param stored the record of the former owner; undefined if it is lost */
  constructor(stored?: VisibilityRecord | null) {
    if (!stored) return;
    this.#visibleUntil = stored.visibleUntil;
    this.#hold = stored.hold;
  }

  /**
   * Users can read, at log time `now`, the state as of log time `shown`. The difference is the lag of the projection. After an
   * outage `shown` may be a time within it, which users could not read before `now`.
   */
  confirm(shown: LogTime, now: LogTime): void {
    // After a correction of log time, the old watermark lies in the future and says nothing.
    const isCorrected = this.#visibleUntil !== undefined && this.#visibleUntil > now + CORRECTED_MS;
    const since = isCorrected ? undefined : this.#visibleUntil;
    if (since === undefined) this.#hold = { through: 0, from: now, lengthMs: UNKNOWN_OUTAGE_MS };
    else if (shown - since > OUTAGE_MS) this.#hold = this.#extendedHold(since, now);
    this.#visibleUntil = Math.max(shown, since ?? 0);
  }

  /** Withdraws confirmations after `time`, because the view was found incomplete. */
  retract(time: LogTime): void {
    if (this.#visibleUntil !== undefined) this.#visibleUntil = Math.min(this.#visibleUntil, time);
  }

  /** Log time through which entries with this claim window may expire; -1 if nothing was confirmed yet. */
  through(claimWindowMs: number): LogTime {
    const hold = this.#activeHold(claimWindowMs);
    return hold ? hold.through : (this.#visibleUntil ?? -1);
  }

  /** The active hold for entries with this claim window. */
  hold(claimWindowMs: number): OutageHold | undefined {
    const hold = this.#activeHold(claimWindowMs);
    return hold && { through: hold.through, until: endOf(hold, claimWindowMs) };
  }

  record(): VisibilityRecord | null {
    return this.#visibleUntil === undefined ? null : { visibleUntil: this.#visibleUntil, hold: this.#hold };
  }

  #activeHold(claimWindowMs: number): StoredHold | undefined {
    const hold = this.#hold;
    if (!hold || this.#visibleUntil === undefined) return undefined;
    return this.#visibleUntil < endOf(hold, claimWindowMs) ? hold : undefined;
  }

  /** An outage during a hold adds its length to the rest of the hold, which keeps its start. */
  #extendedHold(since: LogTime, now: LogTime): StoredHold {
    const before = this.#hold;
    const restMs = before ? Math.max(0, before.from + before.lengthMs - since) : 0;
    const through = before && restMs > 0 ? before.through : since;
    return { through, from: now, lengthMs: Math.min(UNKNOWN_OUTAGE_MS, now - since + restMs) };
  }
}

function endOf({ from, lengthMs }: StoredHold, claimWindowMs: number): LogTime {
  return from + Math.min(lengthMs, claimWindowMs);
}
