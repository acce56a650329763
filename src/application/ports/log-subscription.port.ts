import type { LogTime, Offset } from '../../domain/types.ts';
import type { FatalError } from '../errors.ts';

/** A record of the log: its bytes and its position, not interpreted. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: Offset;
  /** The broker's timestamp (LogAppendTime). */
  readonly timestamp: LogTime;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | undefined>>;
  /** The record stands for a batch from `firstOffset` to `offset` that cannot be decoded; `value` has the bytes of the batch. */
  readonly undecodable?: { readonly firstOffset: Offset; readonly reason: string };
}

/**
 * Processes the records of partitions. Calls for one partition never overlap, and there are none between `revoked` and the next
 * `assigned`. A call that rejects is repeated after a pause that grows from 100 ms to 5 s, and only its partition waits. A
 * FatalError ends the subscription.
 */
export interface LogConsumer {
  /** The partition was assigned to this process. @returns the offset to read from */
  assigned(partition: number): Promise<Offset>;
  /** The partition is no longer assigned. Memory may be kept: the view rejects later writes of a former owner. */
  revoked(partition: number): void;
  /**
   * Records in order, each after the last one delivered, or from the offset that `assigned` returned; none is left out. Resolves
   * when all are folded and written. A repetition after a failure begins with the same record.
   */
  consume(partition: number, records: readonly LogRecord[]): Promise<void>;
  /** Everything before `next` was delivered or is no record: a transaction marker, or a record of an aborted transaction. */
  passed(partition: number, next: Offset): Promise<void>;
}

/** Reads the log. The processes of the consumer group share its partitions. */
export interface LogSubscription {
  /** Joins the group and delivers records until stopped. Retries without end while the log is unavailable. */
  start(consumer: LogConsumer, onFatal: (error: FatalError) => void): Promise<void>;
  /** Waits for the call in progress and leaves the group. */
  stop(): Promise<void>;
  status(): readonly SubscriptionStatus[];
  membership(): Membership;
}

/** Whether the process takes part in the group and reads. */
export interface Membership {
  readonly isMember: boolean;
  /** Why not. */
  readonly reason?: string;
}
export const LogSubscription = Symbol('LogSubscription');

export interface SubscriptionStatus {
  readonly partition: number;
  readonly state: 'loading' | 'reading' | 'backing-off';
  /** Why it backs off: the last error, or the transaction of another producer that is open. */
  readonly reason?: string;
}
