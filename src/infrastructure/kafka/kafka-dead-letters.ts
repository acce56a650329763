import type { DeadLetterCause, DeadLetters } from '../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../application/ports/log-feed.port.ts';
import type { LogTime, Offset } from '../../domain/vocabulary.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import type { KafkaLog, KafkaSettings } from './kafka-settings.ts';
import { PartitionProducer } from './partition-producer.ts';

const CONNECTED_WITHIN_MS = 5000;
/** The topic leaves 64 KiB for all headers together. */
const LONGEST_MESSAGE = 2000;

/** What was read of one partition of dead letters so far. */
interface Known {
  next: Offset;
  readonly stamps: Map<Offset, LogTime>;
}

/** Dead letters in a topic of their own, each in the partition of the same number as the record's. */
export class KafkaDeadLetters implements DeadLetters {
  readonly #settings: KafkaSettings;
  readonly #partitions: KafkaPartitions;
  readonly #producer: PartitionProducer;
  readonly #known = new Map<number, Known>();

  /** Connects at the first dead letter: most processes never see one. */
  constructor(settings: KafkaSettings, log: KafkaLog) {
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
    await this.#producer.send(partition, [{ partition, key, value, headers: this.#headers(record, cause) }]);
  }

  /** Reads on from where the last call ended: dead letters are only ever added. */
  async of(partition: number): Promise<ReadonlyMap<Offset, LogTime>> {
    const { deadLetterTopic } = this.#settings;
    const end = (await this.#partitions.endOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    let known = this.#known.get(partition);
    if (!known || known.next > end) known = { next: 0, stamps: new Map() };
    if (known.next === 0) {
      known.next = (await this.#partitions.startOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    }
    for await (const letters of this.#partitions.read(deadLetterTopic, partition, known.next, end)) {
      for (const letter of letters) {
        const origin = this.#originOf(letter);
        if (origin) known.stamps.set(origin.offset, origin.stamp);
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

  #headers(record: LogRecord, cause: DeadLetterCause): Record<string, Buffer | string> {
    const headers: Record<string, Buffer | string> = {};
    for (const [name, value] of Object.entries(record.headers)) if (value !== undefined) headers[name] = value;
    headers['dlt-origin-topic'] = this.#settings.topic;
    headers['dlt-origin-partition'] = `${record.partition}`;
    headers['dlt-origin-offset'] = `${record.offset}`;
    headers['dlt-origin-timestamp'] = `${record.stamp}`;
    headers['dlt-error-code'] = cause.code;
    headers['dlt-error-message'] = cause.message.slice(0, LONGEST_MESSAGE);
    headers['dlt-failed-at'] = new Date().toISOString();
    return headers;
  }

  /** Undefined for what is no dead letter of this log: anybody may write to a topic. */
  #originOf(letter: LogRecord): { readonly offset: Offset; readonly stamp: LogTime } | undefined {
    const header = (name: string) => letter.headers[name]?.toString() ?? '';
    if (header('dlt-origin-topic') !== this.#settings.topic) return undefined;
    if (header('dlt-origin-partition') !== `${letter.partition}`) return undefined;
    const [offset, stamp] = [header('dlt-origin-offset'), header('dlt-origin-timestamp')];
    if (!/^\d{1,15}$/.test(offset) || !/^\d{1,15}$/.test(stamp)) return undefined;
    return { offset: Number(offset), stamp: Number(stamp) };
  }
}
