import type { Offset } from '../../domain/types.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Looks at one topic without taking part in it: no consumer group, no trace. Every call rejects while the log is away. */
export interface LogReader {
  readonly partitions: number;

  /** Offset of the oldest record that each partition still has. */
  starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>>;

  /** Offset that the next record of each partition will get. */
  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>>;

  /**
   * The records from `from` up to, not including, `to`, in order and in pieces; the next piece is fetched when it is asked for.
   * `to` is at most the end of the partition.
   */
  read(partition: number, from: Offset, to: Offset): AsyncIterable<readonly LogRecord[]>;
}
export const LogReader = Symbol('LogReader');
