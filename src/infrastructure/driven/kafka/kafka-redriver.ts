import { QueueError } from '../../../application/errors.ts';
import { redriveHeaders } from '../../../application/event-log/redrive-headers.ts';
import { provenanceHeaders } from '../../../application/event-log/request-context.ts';
import type { Receipt } from '../../../application/ports/event-log.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Redriver } from '../../../application/ports/redriver.port.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** Appends records to the log again. Connects at the first one. */
export class KafkaRedriver implements Redriver {
  readonly #topic: string;
  readonly #partitions: KafkaPartitions;
  readonly #producer: PartitionProducer;

  constructor(options: KafkaOptions, log: Logger) {
    this.#topic = options.topic;
    this.#partitions = new KafkaPartitions(options, log);
    this.#producer = new PartitionProducer(options, options.topic, this.#partitions, log);
  }

  async append(record: LogRecord): Promise<Receipt> {
    const { partition, key, value } = record;
    try {
      await this.#producer.connect(partition, CONNECT_TIMEOUT_MS);
      const headers = { ...redriveHeaders(record), ...provenanceHeaders() };
      const { baseOffset } = await this.#producer.send(partition, [{ partition, key, value, headers }]);
      return { topic: this.#topic, partition, offset: baseOffset };
    } catch (cause) {
      const detail = 'The log did not confirm the redrive. Redriving again is safe.';
      throw new QueueError('LOG_UNAVAILABLE', detail, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#producer.stop();
    await this.#partitions.close();
  }
}
