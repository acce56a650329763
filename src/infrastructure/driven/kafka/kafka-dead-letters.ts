import { orUnavailable } from '../../../application/errors.ts';
import { deadLetterHeaders, originOf } from '../../../application/event-log/dead-letter-headers.ts';
import type { DeadLetterCause, DeadLetters } from '../../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { LogTime, Offset } from '../../../domain/types.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const CONNECTED_WITHIN_MS = 5000;

/** What was read of one partition of dead letters so far. */
interface Known {
  next: Offset;
  readonly stamps: Map<Offset, LogTime>;
}

/** Dead letters in a topic of their own, each in the partition of the same number as the record's. */
export class KafkaDeadLetters implements DeadLetters {
  readonly #settings: KafkaOptions;
  readonly #partitions: KafkaPartitions;
  readonly #producer: PartitionProducer;
  readonly #known = new Map<number, Known>();

  /** Connects at the first dead letter: most processes never see one. */
  constructor(settings: KafkaOptions, log: Logger) {
    this.#settings = settings;
    this.#partitions = new KafkaPartitions(settings, log);
    this.#producer = new PartitionProducer(settings, settings.deadLetterTopic, this.#partitions, log);
  }

  async add(record: LogRecord, cause: DeadLetterCause): Promise<void> {
    const { partition, key, value } = record;
    if (!this.#producer.isOpen(partition)) {
      this.#producer.start();
      await this.#producer.opened(CONNECTED_WITHIN_MS);
    }
    await this.#producer.send(partition, [
      { partition, key, value, headers: deadLetterHeaders(this.#settings.topic, record, cause) },
    ]);
  }

  /** @throws QueueError `LOG_UNAVAILABLE` */
  of(partition: number): Promise<ReadonlyMap<Offset, LogTime>> {
    return this.#readOn(partition).catch(orUnavailable('LOG_UNAVAILABLE', 'The dead letters cannot be read: '));
  }

  /** Continues where the last call ended: the topic is append-only. */
  async #readOn(partition: number): Promise<ReadonlyMap<Offset, LogTime>> {
    const { deadLetterTopic } = this.#settings;
    const end = (await this.#partitions.endOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    let known = this.#known.get(partition);
    if (!known || known.next > end) known = { next: 0, stamps: new Map() };
    if (known.next === 0) {
      known.next = (await this.#partitions.startOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    }
    for await (const letters of this.#partitions.read(deadLetterTopic, partition, known.next, end)) {
      for (const letter of letters) {
        const origin = originOf(this.#settings.topic, letter);
        if (origin) known.stamps.set(origin.offset, origin.timestamp);
        known.next = letter.offset + 1;
      }
    }
    this.#known.set(partition, known);
    return new Map(known.stamps);
  }

  async stop(): Promise<void> {
    await this.#producer.stop();
    await this.#partitions.close();
  }
}
