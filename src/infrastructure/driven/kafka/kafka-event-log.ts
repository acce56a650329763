import { instrumentedSend } from '../../../application/event-log/instrumented-send.ts';
import {
  type BatchAck,
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
import { SingleFlight } from '../../../lib/single-flight.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const RECENT_ACK_MS = 2000;
const STOPPED_WITHIN_MS = 6000;

/** The writing end of the log, on Kafka. */
export class KafkaEventLog implements EventLog {
  readonly topic: string;
  readonly partitions: number;
  readonly #codec: EventCodec;
  readonly #offsets: KafkaPartitions;
  readonly #producer: PartitionProducer;
  readonly #batcher: MicroBatcher;
  readonly #ends: SingleFlight<ReadonlyMap<number, Offset>>;

  constructor(
    settings: KafkaOptions,
    codec: EventCodec,
    log: Logger,
    limits: Partial<BatcherLimits> = {},
    telemetry: Pick<Telemetry, 'appended' | 'appendFailed'> = NOOP_TELEMETRY,
    private readonly tracing?: Pick<Tracing, 'appending'>,
  ) {
    this.topic = settings.topic;
    this.partitions = settings.partitions;
    this.#codec = codec;
    this.#offsets = new KafkaPartitions(settings, log);
    this.#producer = new PartitionProducer(settings, settings.topic, this.#offsets, log);
    this.#batcher = new MicroBatcher(
      settings.topic,
      settings.partitions,
      instrumentedSend(async (partition, records) => stamped(await this.#producer.send(partition, records)), telemetry),
      { ...DEFAULT_LIMITS, ...limits },
    );
    const all = allPartitions(settings.partitions);
    this.#ends = new SingleFlight(() => this.#offsets.endOffsets(settings.topic, all));
  }

  /** Records that are not acknowledged yet. */
  get unacknowledged(): number {
    return this.#batcher.unacknowledged;
  }

  /** Every partition can be appended to, for all we know. */
  get isOpen(): boolean {
    return this.#producer.isOpen();
  }

  /** Begins to connect; appends fail until it has. */
  start(): void {
    this.#producer.start();
  }

  append(event: QueueEvent, urgency: Priority = 'request'): Promise<Receipt & { readonly timestamp: LogTime }> {
    const partition = this.partitionOf(event.concertId);
    if (!this.#producer.isOpen(partition)) return Promise.reject(unavailable('The log cannot be reached.'));
    try {
      const record = producerRecord(event, partition, this.#codec.encode(event));
      if (!this.tracing) return this.#batcher.append(record, urgency);
      return this.tracing.appending(this.topic, (headers) =>
        this.#batcher.append({ ...record, headers: { ...record.headers, ...headers } }, urgency),
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
      const end = (await this.#ends.get()).get(partition);
      if (end === undefined) throw new RangeError(`no partition ${partition}`);
      return end;
    } catch (error) {
      throw unavailable('The log cannot be reached.', error);
    }
  }

  /** Whether the log can be appended to: it confirmed something just now, or its leaders answer. For readiness. */
  async isWritable(): Promise<boolean> {
    if (this.#producer.isOpen() && this.#producer.sinceLastAck < RECENT_ACK_MS) return true;
    try {
      const ends = await this.#ends.get();
      return [...ends.keys()].some((partition) => this.#producer.isOpen(partition));
    } catch {
      return false;
    }
  }

  /** Takes nothing more, sends what is waiting, and disconnects; within about ten seconds. */
  async stop(): Promise<void> {
    await this.#batcher.stop(STOPPED_WITHIN_MS);
    await this.#producer.stop();
    await this.#offsets.close();
  }
}

/** The stamp is the only clock of the queue: an event without it cannot be told when it happened. */
function stamped(ack: BatchAck): BatchAck {
  if (!(ack.timestamp > 0)) throw new Error('the topic is not stamped by the broker (message.timestamp.type)');
  return ack;
}
