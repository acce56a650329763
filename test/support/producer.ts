import { keyOf } from '../../src/application/event-log/partitioner.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { AvroEventCodec } from '../../src/infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../../src/infrastructure/driven/avro/schema-registry.confluent.ts';
import type { Installation } from './installation.ts';

/** A record as somebody may write it, right or wrong. */
export interface WrittenRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

const AT_ONCE = 5_000;

/** Puts records into the log past the API, in their order. */
export async function writeRecords(installation: Installation, records: readonly WrittenRecord[]): Promise<void> {
  const producer = installation.kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: () => (args) => args.message.partition ?? 0,
  });
  await producer.connect();
  try {
    for (let from = 0; from < records.length; from += AT_ONCE) {
      const messages = records.slice(from, from + AT_ONCE);
      await producer.send({ topic: installation.topic, messages, acks: -1 });
    }
  } finally {
    await producer.disconnect();
  }
}

/** Events as the product would write them. */
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
