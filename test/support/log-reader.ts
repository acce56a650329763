/** Reads the log without the reader of the product: with another Kafka client and the `decode` of the registry client. */
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka';
import { decodeLocal, type LocalSource, readStream } from './local-log.ts';

/** A record as another client sees it. */
export interface RawRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LogSource {
  readonly brokers: readonly string[];
  readonly schemaRegistryUrl: string;
  /** Set: the log is the embedded one. */
  readonly local?: LocalSource | undefined;
}

/** Attribute of a batch whose records all have the timestamp of the broker, `maxTimestamp`; this client does not apply it. */
const LOG_APPEND_TIME = 8;

/** All records of a topic, each partition in order of offsets. */
export async function readTopic(
  { brokers, local }: Pick<LogSource, 'brokers' | 'local'>,
  topic: string,
): Promise<readonly RawRecord[]> {
  if (local) return readStream(local, topic.endsWith('.DLT') ? 'dead_letter' : 'record');
  const consumer = new Consumer({
    clientId: 'another-client',
    groupId: 'another-client', // never joined
    bootstrapBrokers: [...brokers],
    retries: 20,
    retryDelay: 300,
  });
  try {
    const metadata = await consumer.metadata({ topics: [topic] });
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    const earliest = ListOffsetTimestamps.EARLIEST;
    const starts = (await consumer.listOffsets({ topics: [topic], timestamp: earliest })).get(topic) ?? [];
    const { id = '', partitions = [] } = metadata.topics.get(topic) ?? {};
    const records: RawRecord[] = [];
    for (const [partition, end] of ends.entries()) {
      const node = partitions[partition]?.leader ?? -1;
      for (let next = starts[partition] ?? 0n; next < end; ) {
        const batches = await fetchFrom(consumer, node, id, partition, next);
        for (const batch of batches) {
          for (const record of recordsOf(batch, partition)) if (record.offset >= next) records.push(record);
          next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
        }
      }
    }
    return records;
  } finally {
    await consumer.close(true);
  }
}

type Batch = NonNullable<
  Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]['records']
>[number];

async function fetchFrom(consumer: Consumer, node: number, topicId: string, partition: number, fetchOffset: bigint) {
  const wanted = { partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: 4 << 20 };
  const topics = [{ topicId, partitions: [wanted] }];
  const { responses } = await consumer.fetch({ node, topics, minBytes: 1, maxBytes: 8 << 20, maxWaitTime: 500 });
  const found = responses.flatMap(({ partitions }) => partitions).find((one) => one.partitionIndex === partition);
  return found?.records ?? [];
}

function recordsOf({ firstOffset, firstTimestamp, maxTimestamp, attributes, records }: Batch, partition: number) {
  return records.map(({ offsetDelta, timestampDelta, key, value, headers }): RawRecord => {
    const timestamp = attributes & LOG_APPEND_TIME ? maxTimestamp : firstTimestamp + timestampDelta;
    return {
      partition,
      offset: Number(firstOffset) + offsetDelta,
      timestamp: Number(timestamp),
      key: key?.toString() ?? '',
      value: value ?? Buffer.alloc(0),
      headers: Object.fromEntries(headers.map(([name, text]) => [String(name), String(text)])),
    };
  });
}

/** A decoded record: its full name and its fields. */
export interface DecodedValue {
  readonly name: string;
  readonly fields: object;
}

/** Decodes with the registry client; a value of an embedded log with the schemas in its file. */
export class RegistryDecoder {
  readonly #registry: SchemaRegistry | undefined;
  readonly #local: LocalSource | undefined;

  constructor({ schemaRegistryUrl, local }: Pick<LogSource, 'schemaRegistryUrl' | 'local'>) {
    this.#local = local;
    this.#registry = local ? undefined : new SchemaRegistry({ host: schemaRegistryUrl });
  }

  async decode(value: Buffer): Promise<DecodedValue> {
    if (this.#local) return decodeLocal(this.#local, value);
    const fields: unknown = await this.#registry?.decode(value);
    const schema = await this.#registry?.getSchema(value.readInt32BE(1));
    if (typeof fields !== 'object' || fields === null || !schema || !('name' in schema))
      throw new Error('not a record');
    return { name: String(schema.name), fields };
  }
}
