import type { LogTime, Offset } from '../../domain/types.ts';

export interface PartitionLag {
  /** Everything up to this offset is folded and written; -1: nothing. */
  readonly projected: Offset;
  /** Offset of the next record, as last read from the log, and at least one beyond the last folded record. */
  readonly logEnd: Offset;
  /** Records that are in the log and not in the view. */
  readonly events: number;
  /** Upper bound of the oldest such record's age; 0 when there is none. */
  readonly seconds: number;
}

/**
 * How far the view of a partition is behind its log, computed without reading the log. The oldest record that is not projected is
 * younger than the last projected one, and younger than the last time when the lag was 0. Records that are folded but not yet
 * written count as lag, so the lag grows while the view is unavailable.
 */
export class ProjectionLag {
  #logEnd: Offset = 0;
  /** Everything up to this offset is folded and written. */
  #projected: Offset = -1;
  /** Timestamp of the record at `#projected`; 0: unknown. */
  #timestamp: LogTime = 0;
  /** When the lag was last 0: wall clock, in milliseconds. */
  #caughtUpAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = Date.now) {}

  /** The view was loaded at this offset. */
  resume(projected: Offset): void {
    this.#projected = projected;
  }

  /** Everything up to this offset has been written. */
  advance(offset: Offset, timestamp: LogTime): void {
    this.#projected = Math.max(this.#projected, offset);
    this.#timestamp = Math.max(this.#timestamp, timestamp);
  }

  updateLogEnd(logEnd: Offset): void {
    this.#logEnd = logEnd;
    if (this.#projected >= logEnd - 1) this.#caughtUpAt = this.now();
  }

  /** @param folded offset of the last record folded or skipped */
  at(folded: Offset): PartitionLag {
    const projected = this.#projected;
    const logEnd = Math.max(this.#logEnd, folded + 1);
    const events = Math.max(0, logEnd - 1 - projected);
    const since = Math.max(this.#timestamp === 0 ? Number.NEGATIVE_INFINITY : this.#timestamp, this.#caughtUpAt);
    const isKnown = events > 0 && since !== Number.NEGATIVE_INFINITY;
    return { projected, logEnd, events, seconds: isKnown ? Math.max(0, this.now() - since) / 1_000 : 0 };
  }
}
