import type { LogTime, Offset } from '../../domain/types.ts';
import { logTimeOf } from '../event-log/time-corrections.ts';
import type { TimeCorrection, TimeCorrections } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** The log times of the records of one partition, with the corrections that this process knows. */
export class RecordTimes {
  #corrections = new Map<Offset, TimeCorrection>();
  /** Corrections of records that may have been folded with their timestamps. */
  readonly #unverified = new Map<Offset, TimeCorrection>();

  /** @param checkpoint records up to this offset may be in the view, with or without their corrections */
  load(corrections: TimeCorrections, checkpoint: Offset): void {
    this.#corrections.clear();
    this.#unverified.clear();
    this.merge(corrections, checkpoint);
  }

  /** @param corrections all of the partition; new ones at or below `checkpoint` become unverified */
  merge(corrections: TimeCorrections, checkpoint: Offset): void {
    for (const [offset, correction] of corrections) {
      if (this.#corrections.get(offset)?.timestamp === correction.timestamp) continue;
      this.#corrections.set(offset, correction);
      if (offset <= checkpoint) this.#unverified.set(offset, correction);
    }
  }

  logTimeOf(record: LogRecord): LogTime {
    return logTimeOf(record, this.#corrections);
  }

  get unverified(): TimeCorrections {
    return this.#unverified;
  }

  /** The caller has found out that the record is not folded with its timestamp. */
  markVerified(offset: Offset): void {
    this.#unverified.delete(offset);
  }
}
