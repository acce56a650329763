import type { LogTime, Offset } from '../../domain/types.ts';

export interface Lag {
  /** All up to here is folded and written; -1: nothing. */
  readonly shown: Offset;
  /** Offset that the next record will get, when last looked at; what is folded since then was in the log too. */
  readonly end: Offset;
  /** Records that the view does not show. */
  readonly events: number;
  /** Age of the oldest of them, at most; 0 when there is none. */
  readonly seconds: number;
}

/**
 * How far the view of a partition is behind its log, known without reading the log: the oldest record that is not shown is younger
 * than the last one that is, and younger than the last moment at which there was none. What is folded and not yet written is not
 * shown: while the view is away that grows, and so does the lag.
 */
export class ProjectionLag {
  #end: Offset = 0;
  /** All up to here is folded and written, and when the record there was stamped; 0: not known. */
  #shown: Offset = -1;
  #timestamp: LogTime = 0;
  /** Last time that everything was shown, by the wall clock in milliseconds. */
  #levelAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = Date.now) {}

  /** The view was found to be there. */
  resume(shown: Offset): void {
    this.#shown = shown;
  }

  /** All up to this offset has been written. */
  shows(offset: Offset, timestamp: LogTime): void {
    this.#shown = Math.max(this.#shown, offset);
    this.#timestamp = Math.max(this.#timestamp, timestamp);
  }

  /** The log was seen to end there. */
  sawEnd(end: Offset): void {
    this.#end = end;
    if (this.#shown >= end - 1) this.#levelAt = this.now();
  }

  at(folded: Offset): Lag {
    const shown = this.#shown;
    const end = Math.max(this.#end, folded + 1);
    const events = Math.max(0, end - 1 - shown);
    const since = Math.max(this.#timestamp === 0 ? Number.NEGATIVE_INFINITY : this.#timestamp, this.#levelAt);
    const isKnown = events > 0 && since !== Number.NEGATIVE_INFINITY;
    return { shown, end, events, seconds: isKnown ? Math.max(0, this.now() - since) / 1_000 : 0 };
  }
}
