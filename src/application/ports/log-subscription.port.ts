import type { LogTime, Offset } from '../../domain/types.ts';
import type { FatalError } from '../errors.ts';

/** A record as it lies in the log: bytes and position, nothing interpreted. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: Offset;
  /** The broker's stamp (LogAppendTime). */
  readonly timestamp: LogTime;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | undefined>>;
}

/**
 * Who folds the log. Calls for one partition never overlap, and none comes for a partition between `revoked` and the next
 * `assigned`. A call that rejects is made again after a pause that grows (100 ms to 5 s), with only that partition standing
 * still; one that rejects with a FatalError ends the feed.
 */
export interface LogConsumer {
  /** The partition is ours (again): prepare it. Resolves with the offset to read from. */
  assigned(partition: number): Promise<Offset>;
  /** The partition is no longer ours. Memory may be kept: later writes of a former owner are refused by the view. */
  revoked(partition: number): void;
  /**
   * Records in order, each after the last one delivered (or from the offset that `assigned` gave), none left out.
   * Resolves once all of them are folded and written. A repeat after a failure begins at the same record.
   */
  consume(partition: number, records: readonly LogRecord[]): Promise<void>;
}

/** The reading end of the log, partitions divided among the processes of the group. */
export interface LogSubscription {
  /** Joins the group and delivers until stopped. Retries for ever while the log cannot be reached. */
  start(consumer: LogConsumer, onFatal: (error: FatalError) => void): Promise<void>;
  /** Lets the call under way finish, leaves the group. */
  stop(): Promise<void>;
  status(): readonly SubscriptionStatus[];
}
export const LogSubscription = Symbol('LogFeed');

export interface SubscriptionStatus {
  readonly partition: number;
  readonly state: 'loading' | 'reading' | 'backing-off';
  /** Why it backs off. */
  readonly reason?: string;
}
