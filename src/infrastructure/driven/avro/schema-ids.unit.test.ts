import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import { FatalError } from '../../../application/errors.ts';
import { SchemaMismatchError, UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { AvroEventCodec } from './avro-event-codec.ts';
import { sampleEvents } from './sample-events.fixtures.ts';
import { loadSchemas } from './schema-files.ts';
import { MemorySchemaIds, RenumberedRegistry } from './schema-ids.fixtures.ts';
import { SchemaReaders } from './schema-reader.ts';
import { writeHeader } from './wire-format.ts';

const paused: QueueEvent = { type: 'QueuePaused', concertId: 'c', occurredAt: 1 };
const NEW_ID = 500;

let registry: RenumberedRegistry;
let ids: MemorySchemaIds;
let now = 0;
beforeEach(() => {
  registry = new RenumberedRegistry();
  ids = new MemorySchemaIds();
  now = 0;
});

const newCodec = () => new AvroEventCodec(registry, { registerAtStart: true, ids, now: () => now });
async function startedCodec(): Promise<AvroEventCodec> {
  const codec = newCodec();
  await codec.start();
  return codec;
}

/** The value with another schema id. */
function withId(value: Buffer, id: number): Buffer {
  const copy = Buffer.from(value);
  writeHeader(copy, 0, id);
  return copy;
}

const fingerprintOfText = (text: string) =>
  new SchemaReaders(loadSchemas()).readerFor(1, { type: 'AVRO', text }).fingerprint;

describe('the fingerprint of a schema', () => {
  test('is the SHA-256 of its parsing canonical form', () => {
    // The fingerprint of "int" in the test data of Apache Avro.
    const int = '3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45';
    expect(fingerprintOfText('"int"')).toBe(int);
    expect(fingerprintOfText('{"type":"int","logicalType":"date"}')).toBe(int);
    const canonical =
      '{"name":"concert.queue.QueuePaused","type":"record","fields":[{"name":"concertId","type":"string"},{"name":"occurredAt","type":"long"}]}';
    const { text = '' } = loadSchemas().find(({ record }) => record === 'QueuePaused') ?? {};
    expect(fingerprintOfText(text)).toBe(createHash('sha256').update(canonical).digest('hex'));
  });

  test('differs between all events, and not by documentation or layout', () => {
    const fingerprints = loadSchemas().map(({ text }) => fingerprintOfText(text));
    expect(new Set(fingerprints).size).toBe(loadSchemas().length);
    const bare = loadSchemas().map(({ text }) =>
      JSON.stringify(avsc.Type.forSchema(JSON.parse(text)).schema(), null, 2),
    );
    expect(bare.map(fingerprintOfText)).toEqual(fingerprints);
  });
});

describe('the first start', () => {
  test('stores the ids of all registered versions, and encodes with their fingerprints', async () => {
    const codec = await startedCodec();
    expect([...ids.stored.values()].map(({ id, subject }) => [id, subject])).toEqual(
      loadSchemas().map(({ subject }, index) => [index + 1, subject]),
    );
    for (const event of sampleEvents) {
      const value = codec.encode(event);
      const { subject, fingerprint } = ids.stored.get(value.readUInt32BE(1)) ?? {};
      expect(subject).toBe(`concert.queue.${event.type}`);
      expect(codec.fingerprintOf(value)).toBe(fingerprint);
      expect(codec.decode(value, Buffer.from(fingerprint ?? ''))).toEqual(event);
    }
  });
});

describe('a start', () => {
  test.each([
    ['swapped two ids', () => registry.swap('QueuePaused', 'QueueResumed')],
    ['shifted all ids', () => registry.shift()],
    ['lost an id', () => registry.texts.delete(registry.idOf('TimePassed'))],
    ['lost all ids', () => registry.texts.clear()],
  ])('is refused if the registry has %s', async (_, damage) => {
    await startedCodec();
    damage();
    const stored = new Map(ids.stored);
    const codec = newCodec();
    const error: unknown = await codec.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(
        /^schema id \d+ wrote concert\.queue\.\w+, but the registry gives [^\n]+ for it\. Restore it\.$/,
      ),
    );
    expect(() => codec.encode(paused)).toThrow();
    expect(ids.stored).toEqual(stored);
    registry.restore();
    await codec.start();
    expect(codec.decode(codec.encode(paused))).toEqual(paused);
  });
});

describe('a reader', () => {
  test.each([true, false])('reads nothing while the ids are swapped (record with a header: %p)', async (hasHeader) => {
    const writer = await startedCodec();
    const value = writer.encode(paused);
    const header = hasHeader ? writer.fingerprintOf(value) : undefined;
    registry.swap('QueuePaused', 'QueueResumed');
    const reader = newCodec();
    await expect(reader.decode(value, header)).rejects.toBeInstanceOf(SchemaMismatchError);
    registry.restore();
    expect(await reader.decode(value, header)).toEqual(paused);
    expect(reader.decode(value, header)).toEqual(paused); // known now
  });

  test('reads no record whose header contradicts the id, until the registry agrees with the header', async () => {
    const codec = await startedCodec();
    const value = codec.encode(paused);
    const resumed = registry.idOf('QueueResumed');
    const wrong = withId(value, resumed);
    await expect(codec.decode(wrong, codec.fingerprintOf(value))).rejects.toThrow(
      `schema id ${resumed} wrote a record whose header names ${codec.fingerprintOf(value)}, but the registry gives concert.queue.QueueResumed`,
    );
    expect(codec.decode(value, codec.fingerprintOf(value))).toEqual(paused);
  });

  test.each([true, false])('stops at a new id while the registry has other ids (header: %p)', async (hasHeader) => {
    const codec = await startedCodec();
    const value = withId(codec.encode(paused), NEW_ID);
    const header = hasHeader ? Buffer.from(codec.fingerprintOf(codec.encode(paused))) : undefined;
    const { text = '' } = loadSchemas().find(({ record }) => record === 'QueueResumed') ?? {};
    registry.swap('QueuePaused', 'QueueResumed');
    registry.texts.set(NEW_ID, text);
    await expect(codec.decode(value, header)).rejects.toBeInstanceOf(SchemaMismatchError);
    expect(ids.stored.has(NEW_ID)).toBe(false);
    registry.restore();
    const { text: right = '' } = loadSchemas().find(({ record }) => record === 'QueuePaused') ?? {};
    registry.texts.set(NEW_ID, right);
    expect(await codec.decode(value, header)).toEqual(paused);
    expect(ids.stored.get(NEW_ID)?.subject).toBe('concert.queue.QueuePaused');
  });

  test('keeps a record with an unknown id and a header', async () => {
    const codec = await startedCodec();
    const value = codec.encode(paused);
    for (; now < 100_000; now += 10_000)
      await expect(codec.decode(withId(value, NEW_ID), codec.fingerprintOf(value))).rejects.toThrow('gives no schema');
  });

  test('takes an id for unknown only while the registry has the ids of the log', async () => {
    const codec = await startedCodec();
    const value = withId(codec.encode(paused), NEW_ID);
    registry.shift();
    for (; now < 100_000; now += 10_000) await expect(codec.decode(value)).rejects.toBeInstanceOf(SchemaMismatchError);
    registry.restore();
    await expect(codec.decode(value)).rejects.toThrow('does not know schema 500 yet');
    now += 30_000;
    await expect(codec.decode(value)).rejects.toBeInstanceOf(UndecodableError);
  });

  test('does not store ids that it sees before a start, nor of other records', async () => {
    const { text = '' } = loadSchemas().find(({ record }) => record === 'QueuePaused') ?? {};
    registry.texts.set(NEW_ID, text);
    registry.texts.set(NEW_ID + 1, '"string"');
    const value = (await startedCodec()).encode(paused);
    ids.stored.clear();
    expect(await newCodec().decode(withId(value, NEW_ID))).toEqual(paused);
    expect(ids.stored.size).toBe(0);
    const started = await startedCodec();
    await expect(started.decode(withId(value, NEW_ID + 1))).rejects.toMatchObject({ code: 'FOREIGN_RECORD' });
    expect(ids.stored.has(NEW_ID + 1)).toBe(false);
  });

  test.each(['v1', 'F'.repeat(64), ''])('ignores the header %p of another program', async (header) => {
    const codec = await startedCodec();
    const { lookups } = registry;
    expect(codec.decode(codec.encode(paused), Buffer.from(header))).toEqual(paused);
    expect(registry.lookups).toBe(lookups);
  });
});
