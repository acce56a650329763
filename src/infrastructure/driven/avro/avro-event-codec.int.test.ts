import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import { AvroEventCodec } from './avro-event-codec.ts';
import { sampleEvents } from './sample-events.fixtures.ts';
import { loadSchemas } from './schema-files.ts';
import { ConfluentSchemaRegistry } from './schema-registry.confluent.ts';
import { writeHeader } from './wire-format.ts';

let registry: ConfluentSchemaRegistry;
let codec: AvroEventCodec;
let client: SchemaRegistry;
beforeAll(async () => {
  const url = stackAddresses().schemaRegistryUrl;
  registry = new ConfluentSchemaRegistry({ url });
  client = new SchemaRegistry({ host: url });
  codec = new AvroEventCodec(registry, { registerAtStart: true });
  await codec.start();
});

const subjects: string[] = [];
afterAll(async () => {
  const url = stackAddresses().schemaRegistryUrl;
  for (const name of subjects) await fetch(`${url}/subjects/${name}`, { method: 'DELETE' });
});
function subject(): string {
  const name = `test-${randomUUID()}`;
  subjects.push(name);
  return name;
}

type Fields = readonly { readonly name: string }[];

/** Registers the current schema of a record with other fields under a test subject. */
async function registerEvolved(record: string, evolve: (fields: Fields) => readonly object[]) {
  const current = loadSchemas().find((file) => file.record === record);
  const schema = JSON.parse(current?.text ?? '') as { fields: Fields };
  const text = JSON.stringify({ ...schema, fields: evolve(schema.fields) });
  const ids = await registry.registerAll([{ record, subject: subject(), text }]);
  return { id: ids.get(record) ?? 0, type: avsc.Type.forSchema(JSON.parse(text)) };
}

function encoded(writer: { readonly id: number; readonly type: avsc.Type }, value: object): Buffer {
  const header = Buffer.alloc(5);
  writeHeader(header, 0, writer.id);
  return Buffer.concat([header, writer.type.toBuffer(value)]);
}

describe('an encoded event', () => {
  test.each(sampleEvents)('is decoded by the registry client: $type', async (event) => {
    const decoded: unknown = await client.decode(codec.encode(event));
    expect({ type: event.type, ...Object(decoded) }).toEqual(event);
  });

  test('is decoded by a new process, which looks up the writer schema', async () => {
    const reader = new AvroEventCodec(registry, { registerAtStart: false });
    for (const event of sampleEvents) expect(await reader.decode(codec.encode(event))).toEqual(event);
  });
});

describe('the current reader', () => {
  const event = sampleEvents.find(({ type }) => type === 'QueueConfigured') ?? sampleEvents[0];

  test('fills fields missing in an older schema with defaults', async () => {
    const older = await registerEvolved('QueueConfigured', (fields) =>
      fields.filter(({ name }) => !name.startsWith('draw')),
    );
    expect(await codec.decode(encoded(older, { ...event }))).toEqual({
      ...event,
      drawNonce: null,
      drawCommitment: null,
    });
  });

  test('ignores unknown fields of a newer schema', async () => {
    const reason = { name: 'reason', type: ['null', 'string'], default: null };
    const newer = await registerEvolved('QueueConfigured', ([first, ...rest]) => [first ?? {}, reason, ...rest]);
    expect(await codec.decode(encoded(newer, { ...event, reason: 'sold out' }))).toEqual(event);
  });

  test('reads an unknown enum symbol as the default', async () => {
    const newer = await registerEvolved('QueueConfigured', (fields) =>
      JSON.parse(JSON.stringify(fields).replace('["reject","draw"]', '["reject","draw","lottery"]')),
    );
    const policy = { ...('policy' in Object(event) ? Object(event).policy : {}), beforeOpening: 'lottery' };
    const decoded = await codec.decode(encoded(newer, { ...event, policy }));
    expect(decoded).toMatchObject({ policy: { beforeOpening: 'reject', capacity: 100 } });
  });

  test('rejects another record, and throws a transient error for a new unknown id', async () => {
    const text = JSON.stringify({ type: 'record', name: 'Sold', namespace: 'shop', fields: [] });
    const ids = await registry.registerAll([{ record: 'Sold', subject: subject(), text }]);
    const header = Buffer.alloc(5);
    writeHeader(header, 0, ids.get('Sold') ?? 0);
    await expect(codec.decode(header)).rejects.toMatchObject({ code: 'FOREIGN_RECORD' });
    writeHeader(header, 0, 4_000_000_000);
    await expect(codec.decode(header)).rejects.not.toBeInstanceOf(UndecodableError);
  });
});
