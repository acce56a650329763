import type { Offset } from '../../domain/types.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Why a record was skipped. */
export interface DeadLetterCause {
  /** Short and stable, for a header: e.g. `MALFORMED_BODY`, `WRONG_PARTITION`. */
  readonly code: string;
  readonly message: string;
}

/** Records that can never be folded, kept forever beside the log. Together the two are the source of truth. */
export interface DeadLetters {
  /** Appends the record with its original bytes. Rejects while it cannot be written; the partition must then wait. */
  add(record: LogRecord, cause: DeadLetterCause): Promise<void>;

  /** Offset -> timestamp of every skipped record of the partition, repeats merged. @throws QueueError `LOG_UNAVAILABLE` */
  of(partition: number): Promise<ReadonlyMap<Offset, number>>;
}
export const DeadLetters = Symbol('DeadLetters');
