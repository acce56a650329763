import { orUnavailable } from '../../../application/errors.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { KnownSchema, SchemaIds } from '../../../application/ports/schema-ids.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionProducer } from './partition-producer.ts';

const PARTITION = 0;
const CONNECT_TIMEOUT_MS = 5_000;
const VALUE = /^\{"subject":"([\w.]+)","fingerprint":"([0-9a-f]{64})"\}$/;

/**
 * Schema ids in a compacted topic of one partition. The key is the id, the value is JSON with subject and fingerprint. The first
 * value of a key counts until a record without a value removes it. Keeps no connection open: few calls are made.
 */
export class KafkaSchemaIds implements SchemaIds {
  readonly #options: KafkaOptions;
  readonly #log: Logger;
  readonly #known = new Map<number, KnownSchema>();
  #next: Offset = 0;

  constructor(options: KafkaOptions, log: Logger) {
    this.#options = { ...options, partitions: 1 };
    this.#log = log;
  }

  /** Empty if the topic does not exist. @throws QueueError `LOG_UNAVAILABLE` */
  async load(): Promise<ReadonlyMap<number, KnownSchema>> {
    const { schemaTopic } = this.#options;
    const unavailable = orUnavailable('LOG_UNAVAILABLE', `${schemaTopic} cannot be read: `);
    const partitions = new KafkaPartitions(this.#options, this.#log);
    try {
      await this.#readNew(partitions);
    } catch (error) {
      if (this.#next > 0 || !isMissingTopic(error)) unavailable(error);
    } finally {
      await partitions.close();
    }
    return new Map(this.#known);
  }

  /** @throws QueueError `LOG_UNAVAILABLE` */
  async add(schemas: readonly KnownSchema[]): Promise<void> {
    const { schemaTopic } = this.#options;
    const partitions = new KafkaPartitions(this.#options, this.#log);
    const producer = new PartitionProducer(this.#options, schemaTopic, partitions, this.#log);
    const records = schemas.map(({ id, subject, fingerprint }) => {
      const value = Buffer.from(JSON.stringify({ subject, fingerprint }));
      return { partition: PARTITION, key: `${id}`, value };
    });
    try {
      await producer.connect(PARTITION, CONNECT_TIMEOUT_MS);
      await producer.send(PARTITION, records);
    } catch (error) {
      const advice = `${schemaTopic} cannot be written, check that it exists (topics create): `;
      orUnavailable('LOG_UNAVAILABLE', advice)(error);
    } finally {
      await producer.stop();
      await partitions.close();
    }
  }

  async #readNew(partitions: KafkaPartitions): Promise<void> {
    const { schemaTopic } = this.#options;
    const { start, end } = await partitions.range(schemaTopic, PARTITION);
    if (end < this.#next) throw new Error('it was recreated');
    for await (const records of partitions.read(schemaTopic, PARTITION, Math.max(start, this.#next), end))
      for (const record of records) this.#apply(record);
    this.#next = end;
  }

  #apply({ key, value }: LogRecord): void {
    const id = Number(key);
    const known = value && knownSchema(id, value);
    if (value === null) this.#known.delete(id);
    else if (known && !this.#known.has(id)) this.#known.set(id, known);
  }
}

/** undefined for a record of another program. */
function knownSchema(id: number, value: Buffer): KnownSchema | undefined {
  const [, subject, fingerprint] = VALUE.exec(value.toString()) ?? [];
  if (!Number.isSafeInteger(id) || subject === undefined || fingerprint === undefined) return undefined;
  return { id, subject, fingerprint };
}

function isMissingTopic(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause)
    if ('type' in e && e.type === 'UNKNOWN_TOPIC_OR_PARTITION') return true;
  return false;
}
