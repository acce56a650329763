import type { LogTime, Offset } from '../../domain/types.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

type Stamps = ReadonlyMap<Offset, LogTime>;

/**
 * What of one partition is passed over. The dead letters decide it; the partition's record says what the view was told of it, so
 * that a dead letter which somebody else wrote behind our back is noticed.
 */
export class SkippedRecords {
  #named = new Map<Offset, LogTime>();
  /** Passed over for certain: the record at the offset has the stamp that its dead letter names. */
  #passed = new Map<Offset, LogTime>();
  /** Passed over, and not yet in the partition's record. */
  readonly #unrecorded = new Map<Offset, LogTime>();
  /** Named, but the view may have folded them. */
  readonly #doubtful = new Map<Offset, LogTime>();
  /** Left out of what is about to be shown. */
  readonly #announced = new Map<Offset, LogTime>();

  /** @param checkpoint what lies beyond it is not in the view */
  load(named: Stamps, recorded: Stamps, checkpoint: Offset): void {
    this.#named = new Map(recorded);
    this.#passed = new Map(recorded);
    this.#unrecorded.clear();
    this.#doubtful.clear();
    this.#announced.clear();
    this.hear(named, checkpoint);
  }

  /** @param named all dead letters of the partition; those at or below `checkpoint` that are new are in doubt */
  hear(named: Stamps, checkpoint: Offset): void {
    for (const [offset, timestamp] of named) {
      if (this.#named.get(offset) === timestamp) continue;
      this.#named.set(offset, timestamp);
      if (offset <= checkpoint) this.#doubtful.set(offset, timestamp);
    }
  }

  /** Whether a dead letter names the record: one that names another stamp is of another log. */
  names({ offset, timestamp }: Pick<LogRecord, 'offset' | 'timestamp'>): boolean {
    return this.#named.get(offset) === timestamp;
  }

  /** These are left out of a fold that is about to take the place of one that may not have. */
  announce(leftOut: Stamps): void {
    for (const [offset, timestamp] of leftOut)
      if (this.#passed.get(offset) !== timestamp) this.#announced.set(offset, timestamp);
  }
  get announced(): Stamps {
    return this.#announced;
  }

  /** The record is left out of the fold. */
  add({ offset, timestamp }: Pick<LogRecord, 'offset' | 'timestamp'>): void {
    this.#announced.delete(offset);
    this.#doubtful.delete(offset);
    this.#named.set(offset, timestamp);
    if (this.#passed.get(offset) === timestamp) return;
    this.#passed.set(offset, timestamp);
    this.#unrecorded.set(offset, timestamp);
  }

  get doubtful(): Stamps {
    return this.#doubtful;
  }

  /** It is known what became of it. */
  settle(offset: Offset): void {
    this.#doubtful.delete(offset);
  }

  get all(): Stamps {
    return this.#passed;
  }
  get unrecorded(): Stamps {
    return new Map(this.#unrecorded);
  }
  recorded(some: Stamps): void {
    for (const offset of some.keys()) this.#unrecorded.delete(offset);
  }
}
