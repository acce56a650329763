import type { LogTime, Offset } from '../../domain/types.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Why a record was skipped. */
export interface DeadLetterCause {
  /** Short and stable, for a header: e.g. `MALFORMED_BODY`, `WRONG_PARTITION`. */
  readonly code: string;
  readonly message: string;
}

/** A decision that a record takes another log time than its timestamp. */
export interface TimeCorrection {
  readonly offset: Offset;
  /** The timestamp of the record. A record with another timestamp belongs to another topic of the same name. */
  readonly timestamp: LogTime;
  /** The log time that the record takes. */
  readonly time: LogTime;
}

/** The corrections of one partition by the offset of the record. */
export type TimeCorrections = ReadonlyMap<Offset, TimeCorrection>;

/**
 * Decisions about records of the log, kept forever beside it: which can never be folded, and which take another log time than
 * their timestamp. Log and decisions together are the source of truth.
 */
export interface DeadLetters {
  /** Appends the record with its original bytes. Rejects while it cannot be written; the partition must then wait. */
  add(record: LogRecord, cause: DeadLetterCause): Promise<void>;

  /** Offset -> timestamp of every skipped record of the partition, repeats merged. @throws QueueError `LOG_UNAVAILABLE` */
  of(partition: number): Promise<ReadonlyMap<Offset, number>>;

  /** Stores corrections, in order. Rejects while they cannot be written; some may have been. Repeating them is harmless. */
  correctTimes(partition: number, corrections: readonly TimeCorrection[]): Promise<void>;

  /** Every correction of the partition; of several for one record, the first. @throws QueueError `LOG_UNAVAILABLE` */
  timeCorrections(partition: number): Promise<TimeCorrections>;
}
export const DeadLetters = Symbol('DeadLetters');
