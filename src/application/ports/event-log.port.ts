import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';

/** Where the log stored an event. A smaller offset is earlier. */
export interface Receipt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
}

/** `control`: events of admission control, for which the buffer keeps room when requests have filled it. */
export type Priority = 'request' | 'control';

/** Appends events to the log. */
export interface EventLog {
  /**
   * Appends one event and resolves when the log has acknowledged it (acks=all).
   *
   * @throws QueueError `OVERLOADED` when the buffer is full; `LOG_UNAVAILABLE` when the send failed or its outcome is unknown:
   *   the event may still take effect, once, and repeating it is safe
   */
  append(event: QueueEvent, priority?: Priority): Promise<Receipt & { readonly timestamp: LogTime }>;

  /** The partition of a concert: murmur2 of concertId modulo the partition count, as Java's default partitioner. */
  partitionOf(concertId: ConcertId): number;

  /** The offset that the next record of the partition will get. @throws QueueError `LOG_UNAVAILABLE` */
  endOffset(partition: number): Promise<Offset>;

  /** Whether it can be appended to. For readiness. */
  isWritable(): Promise<boolean>;

  /** The current log time, estimated from the last acknowledgement; undefined before the first. No clock of this process. */
  now(): LogTime | undefined;

  readonly topic: string;
  readonly partitions: number;
}
export const EventLog = Symbol('EventLog');
