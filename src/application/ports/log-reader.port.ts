import type { Offset } from '../../domain/types.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Reads one topic without a consumer group, and leaves no state on the brokers. Every call rejects while the log is unavailable. */
export interface LogReader {
  readonly partitions: number;

  /** Offset of the oldest record of each partition. */
  starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>>;

  /** Offset of the next record of each partition. */
  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>>;

  /**
   * The records from `from` up to, not including, `to`, in order and in arrays; the next array is fetched on demand.
   * `to` is at most the end of the partition. A batch that cannot be decoded is included if it begins before `to`.
   */
  read(partition: number, from: Offset, to: Offset): AsyncIterable<readonly LogRecord[]>;
}
export const LogReader = Symbol('LogReader');
