import type { LogTime, Offset } from '../../domain/types.ts';
import type { TimeCorrection } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** How long the timestamp of an own record, plus the monotonic time since, is taken for the current log time. */
const OWN_TIMESTAMP_VALID_MS = 60_000;

export interface TimeCheckDependencies {
  /** A timestamp that is ahead of the clock of this process by more than this is checked. In milliseconds. */
  readonly boundMs: number;
  /** Appends a record without effect to the partition. @returns its timestamp */
  readonly appendProbe: (partition: number) => Promise<LogTime>;
  /** Called when a correction was stored. */
  readonly onCorrected: (record: LogRecord, correction: TimeCorrection) => void;
  /** Called when records are ahead of the clock of this process, but not of the log: one of the two clocks is wrong. */
  readonly onClockDiffers: () => void;
}

/**
 * Finds records whose timestamps run ahead, before they are folded. Such a record is ahead of the clock of this process and of
 * the timestamp that a record gets which this process appends then. Appends nothing while no record is ahead of the clock.
 */
export class TimeCheck {
  /** Timestamp of the last own record, and the monotonic time at which it was acknowledged. */
  #own: { readonly timestamp: LogTime; readonly at: number } | undefined;

  constructor(
    private readonly partition: number,
    private readonly dependencies: TimeCheckDependencies,
  ) {}

  /** Whether any record after `checkpoint` is ahead of the clock of this process. */
  isSuspect(records: readonly LogRecord[], checkpoint: Offset, logTimeOf: (record: LogRecord) => LogTime): boolean {
    const limit = Date.now() + this.dependencies.boundMs;
    return records.some(
      (record) => record.timestamp > limit && record.offset > checkpoint && logTimeOf(record) > limit,
    );
  }

  /**
   * The corrections of the records that run ahead. Each takes the log time of the record before it.
   *
   * @param before log time of the last record before them; 0: unknown
   */
  async corrections(
    records: readonly LogRecord[],
    before: LogTime,
    logTimeOf: (record: LogRecord) => LogTime,
  ): Promise<readonly TimeCorrection[]> {
    const { boundMs, onClockDiffers } = this.dependencies;
    const now = await this.#logTime();
    const corrections: TimeCorrection[] = [];
    let time = before === 0 ? now : before;
    let newest = 0;
    for (const record of records) {
      const { offset, timestamp } = record;
      const known = logTimeOf(record);
      if (known > now + boundMs) corrections.push({ offset, timestamp, time });
      else {
        time = Math.max(time, known);
        newest = Math.max(newest, known);
      }
    }
    if (newest > Date.now() + boundMs) onClockDiffers();
    return corrections;
  }

  /** Reports the corrections that were stored. */
  report(records: readonly LogRecord[], corrections: readonly TimeCorrection[]): void {
    const byOffset = new Map(records.map((record) => [record.offset, record]));
    for (const correction of corrections) {
      const record = byOffset.get(correction.offset);
      if (record) this.dependencies.onCorrected(record, correction);
    }
  }

  async #logTime(): Promise<LogTime> {
    if (!this.#own || performance.now() - this.#own.at > OWN_TIMESTAMP_VALID_MS) {
      const timestamp = await this.dependencies.appendProbe(this.partition);
      if (timestamp <= 0) throw new Error('the log gives its records no time');
      this.#own = { timestamp, at: performance.now() };
    }
    return Math.floor(this.#own.timestamp + performance.now() - this.#own.at);
  }
}
