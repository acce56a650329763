import type { LogTime, Offset } from '../../domain/types.ts';
import { withTimeout } from '../../lib/timeout.ts';
import { QueueError } from '../errors.ts';
import type { Priority, Receipt } from '../ports/event-log.port.ts';

/** A record to be appended. */
export interface ProducerRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Acknowledges a batch: its records have the offsets `baseOffset`, `baseOffset + 1`, ... and one timestamp. */
export interface BatchAck {
  readonly baseOffset: Offset;
  readonly timestamp: LogTime;
}

/** Appends a batch to one partition. After a rejection it is unknown whether the batch was written. */
export type SendBatch = (partition: number, records: readonly ProducerRecord[]) => Promise<BatchAck>;

export interface BatcherLimits {
  /** Maximum wait of the first record of a batch, in milliseconds. The batch is sent earlier if no more records arrive. */
  readonly lingerMs: number;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  /** Maximum unacknowledged records of the process. */
  readonly maxPending: number;
  /** Maximum unacknowledged records of one partition, so that a partition without a leader does not block the others. */
  readonly maxPendingPerPartition: number;
  /** Additional records allowed for admission control. */
  readonly reservedForControl: number;
}

export const DEFAULT_LIMITS: BatcherLimits = {
  lingerMs: 4,
  maxBatchRecords: 500, // kafkajs copies the batch once per record
  maxBatchBytes: 512 * 1024, // a topic accepts 1 MiB
  maxPending: 40_000,
  maxPendingPerPartition: 20_000,
  reservedForControl: 2000,
};

type Appended = Receipt & { readonly timestamp: LogTime };

/** Records that are sent together, and the promises of their callers. */
class Batch {
  readonly records: ProducerRecord[] = [];
  readonly resolves: ((appended: Appended) => void)[] = [];
  readonly rejects: ((error: QueueError) => void)[] = [];
  bytes = 0;
  /** To be sent as soon as no other send is in flight. */
  due = false;
  readonly openedAt = performance.now();
}

/** The batches of one partition. At most one is in flight. */
class PartitionQueue {
  sending = false;
  /** Number of unacknowledged records. */
  pending = 0;
  readonly full: Batch[] = [];
  filling: Batch | undefined;
}

/**
 * Collects records into batches. Each partition has one send in flight while its next batch fills. So records keep their order,
 * and the offset of each record follows from its index.
 */
export class MicroBatcher {
  readonly #topic: string;
  readonly #send: SendBatch;
  readonly #limits: BatcherLimits;
  readonly #queues: readonly PartitionQueue[];
  /** Queues with a batch that fills, by partition. */
  readonly #filling = new Map<number, PartitionQueue>();
  /** A check runs at the end of this turn of the event loop. */
  #isCheckScheduled = false;
  /** Number of records so far, and at the last check. */
  #arrived = 0;
  #arrivedAtCheck = 0;
  #unacknowledged = 0;
  #stopped = false;
  #onDrained: (() => void) | undefined;

  constructor(topic: string, partitions: number, send: SendBatch, limits: BatcherLimits) {
    this.#topic = topic;
    this.#send = send;
    this.#limits = limits;
    this.#queues = Array.from({ length: partitions }, () => new PartitionQueue());
  }

  /** @throws QueueError `OVERLOADED` at the limit of pending records; `LOG_UNAVAILABLE` if the send is not acknowledged */
  append(record: ProducerRecord, priority: Priority): Promise<Appended> {
    const queue = this.#queues[record.partition];
    if (!queue) return Promise.reject(new RangeError(`no partition ${record.partition}`));
    if (this.#stopped) return Promise.reject(unavailable('The service is shutting down.'));
    const reserve = priority === 'control' ? this.#limits.reservedForControl : 0;
    const isFull = this.#unacknowledged >= this.#limits.maxPending + reserve;
    if (isFull || queue.pending >= this.#limits.maxPendingPerPartition + reserve) return Promise.reject(overloaded());
    this.#unacknowledged++;
    queue.pending++;
    this.#arrived++;
    return new Promise((resolve, reject) => {
      const batch = (queue.filling ??= this.#openBatch(queue, record.partition));
      batch.records.push(record);
      batch.resolves.push(resolve);
      batch.rejects.push(reject);
      batch.bytes += record.value.length + record.key.length;
      if (batch.records.length >= this.#limits.maxBatchRecords || batch.bytes >= this.#limits.maxBatchBytes) {
        this.#closeBatch(queue, batch);
        this.#sendNext(queue, record.partition);
      }
    });
  }

  /** Number of unacknowledged records. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Rejects new records, sends the pending ones, and resolves when all are acknowledged, or after `ms`. */
  async stop(ms: number): Promise<void> {
    this.#stopped = true;
    this.#queues.forEach((queue, partition) => {
      if (queue.filling) queue.filling.due = true;
      this.#sendNext(queue, partition);
    });
    if (this.#unacknowledged === 0) return;
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    await withTimeout(ms, 'flushing', drained).catch(() => this.#rejectUnsent());
  }

  /**
   * Batches fill while every turn of the event loop adds a record to any of them, up to the linger limit. Then all are sent in
   * one turn. Callers whose requests were answered together often send the next ones together, so a timer would only add delay.
   */
  #openBatch(queue: PartitionQueue, partition: number): Batch {
    this.#filling.set(partition, queue);
    this.#scheduleCheck();
    return new Batch();
  }

  #scheduleCheck(): void {
    if (this.#isCheckScheduled) return;
    this.#isCheckScheduled = true;
    setImmediate(() => this.#sendDueBatches());
  }

  #sendDueBatches(): void {
    this.#isCheckScheduled = false;
    const isIdle = this.#arrived === this.#arrivedAtCheck;
    this.#arrivedAtCheck = this.#arrived;
    const latest = performance.now() - this.#limits.lingerMs;
    for (const [partition, queue] of this.#filling) {
      if (!isIdle && queue.filling && queue.filling.openedAt > latest) continue;
      this.#filling.delete(partition);
      if (queue.filling) queue.filling.due = true;
      this.#sendNext(queue, partition);
    }
    if (this.#filling.size > 0) this.#scheduleCheck();
  }

  #closeBatch(queue: PartitionQueue, batch: Batch): void {
    queue.full.push(batch);
    queue.filling = undefined;
  }

  #sendNext(queue: PartitionQueue, partition: number): void {
    if (queue.sending) return;
    if (queue.filling?.due) this.#closeBatch(queue, queue.filling);
    const batch = queue.full.shift();
    if (!batch) return;
    queue.sending = true;
    this.#send(partition, batch.records).then(
      (ack) => this.#settle(queue, partition, batch, ack),
      (error: unknown) => this.#settle(queue, partition, batch, undefined, error),
    );
  }

  #settle(queue: PartitionQueue, partition: number, batch: Batch, ack: BatchAck | undefined, cause?: unknown): void {
    queue.sending = false;
    this.#sendNext(queue, partition); // before the callers run, so that the next send does not wait for them
    if (ack) {
      const { baseOffset, timestamp } = ack;
      batch.resolves.forEach((resolve, index) =>
        resolve({ topic: this.#topic, partition, offset: baseOffset + index, timestamp }),
      );
    } else {
      const error = unavailable('The log did not confirm the event in time. Retrying is safe.', cause);
      for (const reject of batch.rejects) reject(error);
    }
    queue.pending -= batch.records.length;
    this.#unacknowledged -= batch.records.length;
    if (this.#unacknowledged === 0) this.#onDrained?.();
  }

  /** Rejects the records that were not sent before the end of the shutdown. */
  #rejectUnsent(): void {
    for (const queue of this.#queues) {
      for (const batch of [...queue.full, ...(queue.filling ? [queue.filling] : [])]) {
        const error = unavailable('The service is shutting down.');
        for (const reject of batch.rejects) reject(error);
      }
      queue.full.length = 0;
      queue.filling = undefined;
    }
  }
}

export function unavailable(detail: string, cause?: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', detail, { retryAfterSeconds: 1, ...(cause === undefined ? {} : { cause }) });
}

function overloaded(): QueueError {
  return new QueueError('OVERLOADED', 'Too many requests are waiting for the log.', { retryAfterSeconds: 1 });
}
