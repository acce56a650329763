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

/** What the log says to a whole batch: its records stand at `baseOffset`, `baseOffset + 1`, ... with one stamp. */
export interface BatchAck {
  readonly baseOffset: Offset;
  readonly timestamp: LogTime;
}

/** Appends a batch to one partition, all or (as far as anyone knows) nothing. */
export type SendBatch = (partition: number, records: readonly ProducerRecord[]) => Promise<BatchAck>;

export interface BatcherLimits {
  /** The longest that the first record of a batch waits for company, in milliseconds. It goes as soon as no more company comes. */
  readonly lingerMs: number;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  /** Most records of the process that are not acknowledged yet. */
  readonly maxPending: number;
  /** Of one partition: a partition whose leader hangs leaves the rest to the others. */
  readonly maxPendingPerPartition: number;
  /** Kept free of requests, for admission control. */
  readonly reservedForControl: number;
}

export const DEFAULT_LIMITS: BatcherLimits = {
  lingerMs: 4,
  maxBatchRecords: 500, // kafkajs copies the batch once per record
  maxBatchBytes: 512 * 1024, // a topic takes 1 MiB at once
  maxPending: 40_000,
  maxPendingPerPartition: 20_000,
  reservedForControl: 2000,
};

type Appended = Receipt & { readonly timestamp: LogTime };

/** Records that are sent together, and who waits for each of them. */
class Batch {
  readonly records: ProducerRecord[] = [];
  readonly resolves: ((appended: Appended) => void)[] = [];
  readonly rejects: ((error: QueueError) => void)[] = [];
  bytes = 0;
  /** Has waited for company long enough. */
  due = false;
  readonly openedAt = performance.now();
}

/** Batches of one partition: the one in flight, those that are full, the one that fills. */
class PartitionQueue {
  sending = false;
  /** Records of the partition that are not acknowledged yet. */
  pending = 0;
  readonly full: Batch[] = [];
  filling: Batch | undefined;
}

/**
 * Collects records into batches: per partition one send in flight, while the next batch fills. That keeps the order of arrival
 * and makes the answer to each record simple arithmetic.
 */
export class MicroBatcher {
  readonly #topic: string;
  readonly #send: SendBatch;
  readonly #limits: BatcherLimits;
  readonly #lanes: readonly PartitionQueue[];
  /** Lanes with a batch that waits for company. */
  readonly #filling = new Map<number, PartitionQueue>();
  /** A look at them will come at the end of this turn. */
  #looks = false;
  /** Records taken so far, and how many these were at the last look. */
  #arrived = 0;
  #seen = 0;
  #unacknowledged = 0;
  #stopped = false;
  #whenIdle: (() => void) | undefined;

  constructor(topic: string, partitions: number, send: SendBatch, limits: BatcherLimits) {
    this.#topic = topic;
    this.#send = send;
    this.#limits = limits;
    this.#lanes = Array.from({ length: partitions }, () => new PartitionQueue());
  }

  /** Rejects with `OVERLOADED` when there is no room, with `LOG_UNAVAILABLE` when the send failed or its fate is unknown. */
  append(record: ProducerRecord, urgency: Priority): Promise<Appended> {
    const lane = this.#lanes[record.partition];
    if (!lane) return Promise.reject(new RangeError(`no partition ${record.partition}`));
    if (this.#stopped) return Promise.reject(unavailable('The service is shutting down.'));
    const reserve = urgency === 'control' ? this.#limits.reservedForControl : 0;
    const isFull = this.#unacknowledged >= this.#limits.maxPending + reserve;
    if (isFull || lane.pending >= this.#limits.maxPendingPerPartition + reserve) return Promise.reject(overloaded());
    this.#unacknowledged++;
    lane.pending++;
    this.#arrived++;
    return new Promise((resolve, reject) => {
      const batch = (lane.filling ??= this.#open(lane, record.partition));
      batch.records.push(record);
      batch.resolves.push(resolve);
      batch.rejects.push(reject);
      batch.bytes += record.value.length + record.key.length;
      if (batch.records.length >= this.#limits.maxBatchRecords || batch.bytes >= this.#limits.maxBatchBytes) {
        this.#close(lane, batch);
        this.#next(lane, record.partition);
      }
    });
  }

  /** Records that are not acknowledged yet. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Takes nothing more, sends what is there, and resolves when all of it is answered, or after `ms`. */
  async stop(ms: number): Promise<void> {
    this.#stopped = true;
    this.#lanes.forEach((lane, partition) => {
      if (lane.filling) lane.filling.due = true;
      this.#next(lane, partition);
    });
    if (this.#unacknowledged === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
    await withTimeout(ms, 'flushing', idle).catch(() => this.#abandon());
  }

  /**
   * Lets batches fill for as long as every turn of the event loop brings something to any of them, up to the limit: those who
   * were answered together ask again together, and a timer would only make them wait. Then all leave in one turn.
   */
  #open(lane: PartitionQueue, partition: number): Batch {
    this.#filling.set(partition, lane);
    this.#watch();
    return new Batch();
  }

  #watch(): void {
    if (this.#looks) return;
    this.#looks = true;
    setImmediate(() => this.#judge());
  }

  #judge(): void {
    this.#looks = false;
    const quiet = this.#arrived === this.#seen;
    this.#seen = this.#arrived;
    const latest = performance.now() - this.#limits.lingerMs;
    for (const [partition, lane] of this.#filling) {
      if (!quiet && lane.filling && lane.filling.openedAt > latest) continue;
      this.#filling.delete(partition);
      if (lane.filling) lane.filling.due = true;
      this.#next(lane, partition);
    }
    if (this.#filling.size > 0) this.#watch();
  }

  #close(lane: PartitionQueue, batch: Batch): void {
    lane.full.push(batch);
    lane.filling = undefined;
  }

  #next(lane: PartitionQueue, partition: number): void {
    if (lane.sending) return;
    if (lane.filling?.due) this.#close(lane, lane.filling);
    const batch = lane.full.shift();
    if (!batch) return;
    lane.sending = true;
    this.#send(partition, batch.records).then(
      (ack) => this.#settle(lane, partition, batch, ack),
      (error: unknown) => this.#settle(lane, partition, batch, undefined, error),
    );
  }

  #settle(lane: PartitionQueue, partition: number, batch: Batch, ack: BatchAck | undefined, cause?: unknown): void {
    lane.sending = false;
    this.#next(lane, partition); // first, so that the wire does not wait for our callers
    if (ack) {
      const { baseOffset, timestamp } = ack;
      batch.resolves.forEach((resolve, index) =>
        resolve({ topic: this.#topic, partition, offset: baseOffset + index, timestamp }),
      );
    } else {
      const error = unavailable('The log did not confirm the event in time. Asking again is safe.', cause);
      for (const reject of batch.rejects) reject(error);
    }
    lane.pending -= batch.records.length;
    this.#unacknowledged -= batch.records.length;
    if (this.#unacknowledged === 0) this.#whenIdle?.();
  }

  /** What is still unanswered at the end of a shutdown has an unknown fate. */
  #abandon(): void {
    for (const lane of this.#lanes) {
      for (const batch of [...lane.full, ...(lane.filling ? [lane.filling] : [])]) {
        const error = unavailable('The service is shutting down.');
        for (const reject of batch.rejects) reject(error);
      }
      lane.full.length = 0;
      lane.filling = undefined;
    }
  }
}

export function unavailable(detail: string, cause?: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', detail, { retryAfterSeconds: 1, ...(cause === undefined ? {} : { cause }) });
}

function overloaded(): QueueError {
  return new QueueError('OVERLOADED', 'Too many requests are waiting for the log.', { retryAfterSeconds: 1 });
}
