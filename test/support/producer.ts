import { keyOf } from '../../src/application/event-log/partitioner.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { AvroEventCodec } from '../../src/infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../../src/infrastructure/driven/avro/schema-registry.confluent.ts';
import type { Installation } from './installation.ts';

/** A record for the log, valid or not. */
export interface WrittenRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const BATCH_SIZE = 5_000;

/** Appends records to the log directly, in their order. */
export async function writeRecords(installation: Installation, records: readonly WrittenRecord[]): Promise<void> {
  const producer = installation.kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: () => (args) => args.message.partition ?? 0,
  });
  await producer.connect();
  try {
    for (let from = 0; from < records.length; from += BATCH_SIZE) {
      const messages = records
        .slice(from, from + BATCH_SIZE)
        .map(({ headers = {}, ...record }) => ({ ...record, headers }));
      await producer.send({ topic: installation.topic, messages, acks: -1 });
    }
  } finally {
    await producer.disconnect();
  }
}

/** Encodes events like the product. */
export async function recordsOf(
  installation: Installation,
  events: readonly QueueEvent[],
): Promise<readonly WrittenRecord[]> {
  const registry = new ConfluentSchemaRegistry({ url: installation.schemaRegistryUrl });
  const codec = new AvroEventCodec(registry, { registerAtStart: true });
  await codec.start();
  return events.map((event) => ({
    partition: installation.partitionOf(event.concertId),
    key: keyOf(event),
    value: codec.encode(event),
  }));
}

/** A request for entry as the API appends it. */
export function asksFor(concertId: string, userId: string): QueueEvent {
  return { type: 'QueueEntryRequested', concertId, userId, entryId: `of-${userId}`, occurredAt: Date.now() };
}
