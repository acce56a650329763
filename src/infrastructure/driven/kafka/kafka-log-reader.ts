import { QueueError } from '../../../application/errors.ts';
import type { LogReader } from '../../../application/ports/log-reader.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import type { KafkaOptions } from './kafka-settings.ts';

/** Reads the log, or its dead letters, as an onlooker. */
export class KafkaLogReader implements LogReader {
  readonly partitions: number;
  readonly #topic: string;
  readonly #offsets: KafkaPartitions;

  constructor(settings: KafkaOptions, topic: string, log: Logger) {
    this.partitions = settings.partitions;
    this.#topic = topic;
    this.#offsets = new KafkaPartitions(settings, log);
  }

  starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.startOffsets(this.#topic, partitions).catch((error: unknown) => this.#away(error));
  }

  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.endOffsets(this.#topic, partitions).catch((error: unknown) => this.#away(error));
  }

  async *read(partition: number, from: Offset, to: Offset): AsyncGenerator<readonly LogRecord[]> {
    const records = this.#offsets.read(this.#topic, partition, from, to);
    for (;;) {
      const next = await records.next().catch((error: unknown) => this.#away(error));
      if (next.done) return;
      yield next.value;
    }
  }

  #away(cause: unknown): never {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QueueError('LOG_UNAVAILABLE', `${this.#topic} cannot be read: ${reason}`, { cause });
  }

  close(): Promise<void> {
    return this.#offsets.close();
  }
}
