import { QueueError } from '../../../application/errors.ts';
import { positionOf, redriveHeaders } from '../../../application/event-log/redrive-headers.ts';
import { provenanceHeaders } from '../../../application/event-log/request-context.ts';
import type { Receipt } from '../../../application/ports/event-log.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Redriver } from '../../../application/ports/redriver.port.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const CONNECTED_WITHIN_MS = 10_000;

/** Says records of the log again, on Kafka. Connects at the first one. */
export class KafkaRedriver implements Redriver {
  readonly #topic: string;
  readonly #partitions: KafkaPartitions;
  readonly #producer: PartitionProducer;

  constructor(settings: KafkaOptions, log: Logger) {
    this.#topic = settings.topic;
    this.#partitions = new KafkaPartitions(settings, log);
    this.#producer = new PartitionProducer(settings, settings.topic, this.#partitions, log);
  }

  async append(record: LogRecord): Promise<Receipt> {
    const { partition, key, value } = record;
    try {
      if (!this.#producer.isOpen(partition)) {
        this.#producer.start();
        await this.#producer.opened(CONNECTED_WITHIN_MS);
      }
      // What was redriven and could not be read even then keeps its first receipt.
      const headers = { ...redriveHeaders(positionOf(record).redriveOf ?? record), ...provenanceHeaders() };
      const { baseOffset } = await this.#producer.send(partition, [{ partition, key, value, headers }]);
      return { topic: this.#topic, partition, offset: baseOffset };
    } catch (cause) {
      throw new QueueError('LOG_UNAVAILABLE', 'The log did not confirm the redrive. Redriving again is safe.', {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await this.#producer.stop();
    await this.#partitions.close();
  }
}
