import type { LogTime, Offset } from '../../domain/vocabulary.ts';

export interface Lag {
  /** Records that are not projected. */
  readonly events: number;
  /** Age of the oldest of them, at most; 0 when there is none. */
  readonly seconds: number;
}

/**
 * How far a partition is behind its log, known without reading the log: the oldest record that is not projected is younger than
 * the last one that is, and younger than the last moment at which there was none.
 */
export class LogLag {
  #end: Offset = 0;
  /** Last time that nothing was left to project, by the wall clock in milliseconds. */
  #levelAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = Date.now) {}

  /** Offset that the next record will get, when last looked at: what is projected since then was in the log too. */
  endAt(checkpoint: Offset): Offset {
    return Math.max(this.#end, checkpoint + 1);
  }

  /** The log was seen to end there, when all up to `checkpoint` was projected. */
  sawEnd(end: Offset, checkpoint: Offset): void {
    this.#end = end;
    if (checkpoint >= end - 1) this.#levelAt = this.now();
  }

  /** @param stamp of the record at `checkpoint`; 0: not known */
  at(checkpoint: Offset, stamp: LogTime): Lag {
    const events = Math.max(0, this.#end - 1 - checkpoint);
    const since = Math.max(stamp === 0 ? Number.NEGATIVE_INFINITY : stamp, this.#levelAt);
    if (events === 0 || since === Number.NEGATIVE_INFINITY) return { events, seconds: 0 };
    return { events, seconds: Math.max(0, this.now() - since) / 1_000 };
  }
}
