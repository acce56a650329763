import { instrumentedSend } from '../../../application/event-log/instrumented-send.ts';
import { LogClock } from '../../../application/event-log/log-clock.ts';
import {
  type BatcherLimits,
  DEFAULT_LIMITS,
  MicroBatcher,
  unavailable,
} from '../../../application/event-log/micro-batcher.ts';
import { NOOP_TELEMETRY } from '../../../application/event-log/noop-telemetry.ts';
import { allPartitions, partitionOf } from '../../../application/event-log/partitioner.ts';
import { producerRecord } from '../../../application/event-log/producer-record.ts';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import type { EventLog, Priority, Receipt } from '../../../application/ports/event-log.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';
import type { Tracing } from '../../../application/ports/tracing.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../../domain/types.ts';
import { CoalescedCall } from '../../../lib/coalesced-call.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

/** After a recent acknowledgement the log counts as writable without a request. */
const RECENT_ACK_MS = 2000;
const FLUSH_TIMEOUT_MS = 6000;

/** Appends events to the log on Kafka. */
export class KafkaEventLog implements EventLog {
  readonly topic: string;
  readonly partitions: number;
  readonly #codec: EventCodec;
  readonly #offsets: KafkaPartitions;
  readonly #producer: PartitionProducer;
  readonly #batcher: MicroBatcher;
  readonly #clock = new LogClock();
  readonly #endOffsets: CoalescedCall<ReadonlyMap<number, Offset>>;

  constructor(
    options: KafkaOptions,
    codec: EventCodec,
    log: Logger,
    limits: Partial<BatcherLimits> = {},
    telemetry: Pick<Telemetry, 'appended' | 'appendFailed'> = NOOP_TELEMETRY,
    private readonly tracing?: Pick<Tracing, 'appending'>,
  ) {
    this.topic = options.topic;
    this.partitions = options.partitions;
    this.#codec = codec;
    this.#offsets = new KafkaPartitions(options, log);
    this.#producer = new PartitionProducer(options, options.topic, this.#offsets, log);
    this.#batcher = new MicroBatcher(
      options.topic,
      options.partitions,
      instrumentedSend((partition, records) => this.#producer.send(partition, records), telemetry, this.#clock),
      { ...DEFAULT_LIMITS, ...limits },
    );
    const all = allPartitions(options.partitions);
    this.#endOffsets = new CoalescedCall(() => this.#offsets.endOffsets(options.topic, all));
  }

  /** Number of records sent and not acknowledged. */
  get unacknowledged(): number {
    return this.#batcher.unacknowledged;
  }

  /** Whether every partition is writable, as of the last response. */
  get isOpen(): boolean {
    return this.#producer.isOpen();
  }

  /** Connects in the background. Appends fail until then. */
  start(): void {
    this.#producer.start();
  }

  append(event: QueueEvent, priority: Priority = 'request'): Promise<Receipt & { readonly timestamp: LogTime }> {
    const partition = this.partitionOf(event.concertId);
    if (!this.#producer.isOpen(partition)) return Promise.reject(unavailable('The log is unavailable.'));
    try {
      const record = producerRecord(event, partition, this.#codec);
      if (!this.tracing) return this.#batcher.append(record, priority);
      return this.tracing.appending(this.topic, (headers) =>
        this.#batcher.append({ ...record, headers: { ...record.headers, ...headers } }, priority),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  partitionOf(concertId: ConcertId): number {
    return partitionOf(concertId, this.partitions);
  }

  async endOffset(partition: number): Promise<Offset> {
    try {
      const end = (await this.#endOffsets.run()).get(partition);
      if (end === undefined) throw new RangeError(`no partition ${partition}`);
      return end;
    } catch (error) {
      throw unavailable('The log is unavailable.', error);
    }
  }

  now(): LogTime | undefined {
    return this.#clock.now();
  }

  /** For readiness: true after a recent acknowledgement, or if the partition leaders answer. */
  async isWritable(): Promise<boolean> {
    if (this.#producer.isOpen() && this.#producer.sinceLastAck < RECENT_ACK_MS) return true;
    try {
      const ends = await this.#endOffsets.run();
      return [...ends.keys()].some((partition) => this.#producer.isOpen(partition));
    } catch {
      return false;
    }
  }

  /** Rejects new records, flushes pending ones and disconnects, within about 10 s. */
  async stop(): Promise<void> {
    await this.#batcher.stop(FLUSH_TIMEOUT_MS);
    await this.#producer.stop();
    await this.#offsets.close();
  }
}
