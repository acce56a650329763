import { orUnavailable } from '../../../application/errors.ts';
import type { LogReader } from '../../../application/ports/log-reader.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';

/** Reads a topic without a consumer group. */
export class KafkaLogReader implements LogReader {
  readonly partitions: number;
  readonly #topic: string;
  readonly #offsets: KafkaPartitions;
  readonly #unavailable: (cause: unknown) => never;

  constructor(options: KafkaOptions, topic: string, log: Logger) {
    this.partitions = options.partitions;
    this.#topic = topic;
    this.#unavailable = orUnavailable('LOG_UNAVAILABLE', `${topic} cannot be read: `);
    this.#offsets = new KafkaPartitions(options, log);
  }

  starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.startOffsets(this.#topic, partitions).catch(this.#unavailable);
  }

  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.endOffsets(this.#topic, partitions).catch(this.#unavailable);
  }

  async *read(partition: number, from: Offset, to: Offset): AsyncGenerator<readonly LogRecord[]> {
    const records = this.#offsets.read(this.#topic, partition, from, to);
    for (;;) {
      const next = await records.next().catch(this.#unavailable);
      if (next.done) return;
      yield next.value;
    }
  }

  close(): Promise<void> {
    return this.#offsets.close();
  }
}
