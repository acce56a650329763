import { orUnavailable } from '../../../application/errors.ts';
import { deadLetterHeaders, originOf } from '../../../application/event-log/dead-letter-headers.ts';
import { addCorrection, correctionHeaders, correctionOf } from '../../../application/event-log/time-corrections.ts';
import type {
  DeadLetterCause,
  DeadLetters,
  TimeCorrection,
  TimeCorrections,
} from '../../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { LogTime, Offset } from '../../../domain/types.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** Records of one send of corrections. */
const MAX_CORRECTIONS_PER_SEND = 500;

/** The decisions about one partition that were read so far. */
interface ReadLetters {
  next: Offset;
  readonly timestamps: Map<Offset, LogTime>;
  readonly corrections: Map<Offset, TimeCorrection>;
}

/** Dead letters and time corrections in their own topic, in the partition of the original record. */
export class KafkaDeadLetters implements DeadLetters {
  readonly #options: KafkaOptions;
  readonly #partitions: KafkaPartitions;
  readonly #producer: PartitionProducer;
  readonly #read = new Map<number, ReadLetters>();

  /** Connects when the first dead letter is written: most processes write none. */
  constructor(options: KafkaOptions, log: Logger) {
    this.#options = options;
    this.#partitions = new KafkaPartitions(options, log);
    this.#producer = new PartitionProducer(options, options.deadLetterTopic, this.#partitions, log);
  }

  async add(record: LogRecord, cause: DeadLetterCause): Promise<void> {
    const { partition, key, value } = record;
    const headers = deadLetterHeaders(this.#options.topic, record, cause);
    await this.#producer.connect(partition, CONNECT_TIMEOUT_MS);
    await this.#producer.send(partition, [{ partition, key, value, headers }]);
  }

  /** @throws QueueError `LOG_UNAVAILABLE` */
  of(partition: number): Promise<ReadonlyMap<Offset, LogTime>> {
    return this.#readNew(partition).then(({ timestamps }) => new Map(timestamps));
  }

  async correctTimes(partition: number, corrections: readonly TimeCorrection[]): Promise<void> {
    const records = corrections.map((correction) => ({
      partition,
      key: null,
      value: null,
      headers: correctionHeaders(this.#options.topic, partition, correction),
    }));
    await this.#producer.connect(partition, CONNECT_TIMEOUT_MS);
    for (let first = 0; first < records.length; first += MAX_CORRECTIONS_PER_SEND)
      await this.#producer.send(partition, records.slice(first, first + MAX_CORRECTIONS_PER_SEND));
  }

  /** @throws QueueError `LOG_UNAVAILABLE` */
  timeCorrections(partition: number): Promise<TimeCorrections> {
    return this.#readNew(partition).then(({ corrections }) => new Map(corrections));
  }

  #readNew(partition: number): Promise<ReadLetters> {
    return this.#readFromLast(partition).catch(orUnavailable('LOG_UNAVAILABLE', 'The dead letters cannot be read: '));
  }

  /** Continues where the last call ended: the topic is append-only. */
  async #readFromLast(partition: number): Promise<ReadLetters> {
    const { topic, deadLetterTopic } = this.#options;
    const end = (await this.#partitions.endOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    let read = this.#read.get(partition);
    if (!read || read.next > end) read = { next: 0, timestamps: new Map(), corrections: new Map() };
    if (read.next === 0)
      read.next = (await this.#partitions.startOffsets(deadLetterTopic, [partition])).get(partition) ?? 0;
    for await (const letters of this.#partitions.read(deadLetterTopic, partition, read.next, end)) {
      for (const letter of letters) {
        const origin = originOf(topic, letter);
        if (origin) read.timestamps.set(origin.offset, origin.timestamp);
        const correction = correctionOf(topic, letter);
        if (correction) addCorrection(read.corrections, correction);
        read.next = letter.offset + 1;
      }
    }
    this.#read.set(partition, read);
    return read;
  }

  async stop(): Promise<void> {
    await this.#producer.stop();
    await this.#partitions.close();
  }
}
