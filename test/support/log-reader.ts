/** Reads the log without the project's own reader: another Kafka client, and the registry client's own `decode`. */
import { randomBytes } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Consumer, MessagesStreamModes } from '@platformatic/kafka';

/** A record as another client sees it. */
export interface RawRecord {
  readonly partition: number;
  readonly offset: number;
  readonly stamp: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LogSource {
  readonly brokers: readonly string[];
  readonly schemaRegistryUrl: string;
}

/** All that a topic holds when asked, each partition in order of offsets. */
export async function readTopic({ brokers }: Pick<LogSource, 'brokers'>, topic: string): Promise<readonly RawRecord[]> {
  const consumer = new Consumer({
    clientId: 'another-client',
    groupId: `another-client-${randomBytes(6).toString('hex')}`,
    bootstrapBrokers: [...brokers],
    retries: 10,
    retryDelay: 300,
  });
  const records: RawRecord[] = [];
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    const missing = new Map<number, number>();
    for (const [partition, end] of ends.entries()) if (end > 0n) missing.set(partition, Number(end));
    if (missing.size === 0) return records;
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
      maxWaitTime: 100,
    });
    for await (const { partition, offset, timestamp, key, value, headers } of stream) {
      const end = missing.get(partition);
      if (end === undefined || Number(offset) >= end) continue;
      records.push({
        partition,
        offset: Number(offset),
        stamp: Number(timestamp),
        key: key?.toString() ?? '',
        value,
        headers: Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text.toString()])),
      });
      if (Number(offset) === end - 1) missing.delete(partition);
      if (missing.size === 0) break;
    }
  } finally {
    await consumer.close(true);
  }
  return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
}

/** What the registry client makes of a value: the record's full name, and its fields. */
export interface DecodedValue {
  readonly name: string;
  readonly fields: object;
}

/** Decodes as any user of the registry would. */
export class RegistryDecoder {
  readonly #registry: SchemaRegistry;

  constructor({ schemaRegistryUrl }: Pick<LogSource, 'schemaRegistryUrl'>) {
    this.#registry = new SchemaRegistry({ host: schemaRegistryUrl });
  }

  async decode(value: Buffer): Promise<DecodedValue> {
    const fields: unknown = await this.#registry.decode(value);
    const schema = await this.#registry.getSchema(value.readInt32BE(1));
    if (typeof fields !== 'object' || fields === null || !('name' in schema)) throw new Error('not a record');
    return { name: String(schema.name), fields };
  }
}
