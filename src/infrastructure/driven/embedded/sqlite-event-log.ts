import { instrumentedSend } from '../../../application/event-log/instrumented-send.ts';
import { LogClock } from '../../../application/event-log/log-clock.ts';
import { type BatcherLimits, DEFAULT_LIMITS, MicroBatcher } from '../../../application/event-log/micro-batcher.ts';
import { NOOP_TELEMETRY } from '../../../application/event-log/noop-telemetry.ts';
import { partitionOf } from '../../../application/event-log/partitioner.ts';
import { producerRecord } from '../../../application/event-log/producer-record.ts';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import type { EventLog, Priority, Receipt } from '../../../application/ports/event-log.port.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../../domain/types.ts';
import type { LocalLog } from './local-log.ts';

const STOP_TIMEOUT_MS = 6_000;

/** Appends events to the local log. */
export class SqliteEventLog implements EventLog {
  readonly topic: string;
  readonly partitions: number;
  readonly #log: LocalLog;
  readonly #codec: EventCodec;
  readonly #batcher: MicroBatcher;
  readonly #clock = new LogClock();

  constructor(
    log: LocalLog,
    codec: EventCodec,
    telemetry: Pick<Telemetry, 'appended' | 'appendFailed'> = NOOP_TELEMETRY,
    limits: Partial<BatcherLimits> = {},
  ) {
    this.topic = log.topic;
    this.partitions = log.partitions;
    this.#log = log;
    this.#codec = codec;
    this.#batcher = new MicroBatcher(
      log.topic,
      log.partitions,
      instrumentedSend(
        async (partition, records) => {
          const newRecords = records.map(({ key, value, headers }) => ({
            key: Buffer.from(key),
            value,
            ...(headers && { headers }),
          }));
          return this.#log.writer.write('record', partition, newRecords);
        },
        telemetry,
        this.#clock,
      ),
      { ...DEFAULT_LIMITS, ...limits },
    );
  }

  /** Records that are not acknowledged yet. */
  get unacknowledged(): number {
    return this.#batcher.unacknowledged;
  }

  async append(event: QueueEvent, urgency: Priority = 'request'): Promise<Receipt & { readonly timestamp: LogTime }> {
    const partition = this.partitionOf(event.concertId);
    return this.#batcher.append(producerRecord(event, partition, this.#codec), urgency);
  }

  partitionOf(concertId: ConcertId): number {
    return partitionOf(concertId, this.partitions);
  }

  async endOffset(partition: number): Promise<Offset> {
    return this.#log.writer.end('record', partition);
  }

  now(): LogTime | undefined {
    return this.#clock.now();
  }

  isWritable(): Promise<boolean> {
    return this.#log.isWritable();
  }

  /** Rejects new events and writes pending ones, within about 6 s. */
  stop(): Promise<void> {
    return this.#batcher.stop(STOP_TIMEOUT_MS);
  }
}
