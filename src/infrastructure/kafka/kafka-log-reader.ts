import type { LogRecord } from '../../application/ports/log-feed.port.ts';
import type { LogReader } from '../../application/ports/log-reader.port.ts';
import type { Offset } from '../../domain/vocabulary.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import type { KafkaLog, KafkaSettings } from './kafka-settings.ts';

/** Reads the log, or its dead letters, as an onlooker. */
export class KafkaLogReader implements LogReader {
  readonly partitions: number;
  readonly #topic: string;
  readonly #offsets: KafkaPartitions;

  constructor(settings: KafkaSettings, topic: string, log: KafkaLog) {
    this.partitions = settings.partitions;
    this.#topic = topic;
    this.#offsets = new KafkaPartitions(settings, log);
  }

  starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.startOffsets(this.#topic, partitions);
  }

  ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets.endOffsets(this.#topic, partitions);
  }

  read(partition: number, from: Offset, to: Offset): AsyncIterable<readonly LogRecord[]> {
    return this.#offsets.read(this.#topic, partition, from, to);
  }

  close(): Promise<void> {
    return this.#offsets.close();
  }
}
