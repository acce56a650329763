import type { LogTime, Offset } from '../../domain/types.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

type Timestamps = ReadonlyMap<Offset, LogTime>;

/**
 * The records of one partition that the projection skips. The dead letters decide which; the stored checkpoint repeats them for
 * readers. Comparing the two finds dead letters that another process wrote for records folded here.
 */
export class SkippedRecords {
  #deadLetters = new Map<Offset, LogTime>();
  /** Skipped: the record at the offset has the timestamp that its dead letter names. */
  #skipped = new Map<Offset, LogTime>();
  /** Skipped, and not yet in the stored checkpoint. */
  readonly #unpersisted = new Map<Offset, LogTime>();
  /** Named by a dead letter, but possibly folded into the view. */
  readonly #unverified = new Map<Offset, LogTime>();
  /** Left out of a view that is about to be activated. */
  readonly #pending = new Map<Offset, LogTime>();

  /** @param checkpoint records beyond this offset are not in the view */
  load(deadLetters: Timestamps, persisted: Timestamps, checkpoint: Offset): void {
    this.#deadLetters = new Map(persisted);
    this.#skipped = new Map(persisted);
    this.#unpersisted.clear();
    this.#unverified.clear();
    this.#pending.clear();
    this.mergeDeadLetters(deadLetters, checkpoint);
  }

  /** @param deadLetters all of the partition; new ones at or below `checkpoint` become unverified */
  mergeDeadLetters(deadLetters: Timestamps, checkpoint: Offset): void {
    for (const [offset, timestamp] of deadLetters) {
      if (this.#deadLetters.get(offset) === timestamp) continue;
      this.#deadLetters.set(offset, timestamp);
      if (offset <= checkpoint) this.#unverified.set(offset, timestamp);
    }
  }

  /** Whether a dead letter names the record. A dead letter with another timestamp belongs to a former topic. */
  isDeadLetter({ offset, timestamp }: Pick<LogRecord, 'offset' | 'timestamp'>): boolean {
    return this.#deadLetters.get(offset) === timestamp;
  }

  /** Records left out of a rebuilt view that may replace a view which contains them. */
  markPending(skipped: Timestamps): void {
    for (const [offset, timestamp] of skipped)
      if (this.#skipped.get(offset) !== timestamp) this.#pending.set(offset, timestamp);
  }
  get pending(): Timestamps {
    return this.#pending;
  }

  /** The record is not folded. */
  markSkipped({ offset, timestamp }: Pick<LogRecord, 'offset' | 'timestamp'>): void {
    this.#pending.delete(offset);
    this.#unverified.delete(offset);
    this.#deadLetters.set(offset, timestamp);
    if (this.#skipped.get(offset) === timestamp) return;
    this.#skipped.set(offset, timestamp);
    this.#unpersisted.set(offset, timestamp);
  }

  get unverified(): Timestamps {
    return this.#unverified;
  }

  /** The caller has found out whether the record was folded. */
  markVerified(offset: Offset): void {
    this.#unverified.delete(offset);
  }

  get all(): Timestamps {
    return this.#skipped;
  }
  get unpersisted(): Timestamps {
    return new Map(this.#unpersisted);
  }
  markPersisted(some: Timestamps): void {
    for (const offset of some.keys()) this.#unpersisted.delete(offset);
  }
}
