import { beforeAll, describe, expect, test } from '@jest/globals';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { AvroEventCodec, type SchemaIdSource } from './avro-event-codec.ts';
import { localIds, sampleEvents } from './sample-events.fixtures.ts';
import { loadSchemas } from './schema-files.ts';

const paused: QueueEvent = { type: 'QueuePaused', concertId: 'c', occurredAt: 1 };
const configured = sampleEvents.find(({ type }) => type === 'QueueConfigured') ?? paused;
const request = (entryId: string): QueueEvent => ({ ...paused, type: 'QueueEntryRequested', userId: 'u', entryId });
const recordText = (name: string, fields: object[] = []) => JSON.stringify({ type: 'record', name, fields });
let codec: AvroEventCodec;
beforeAll(async () => {
  codec = await startedCodec(localIds());
});

async function startedCodec(source: SchemaIdSource, now?: () => number): Promise<AvroEventCodec> {
  const codec = new AvroEventCodec(source, { registerAtStart: true, ...(now && { now }) });
  await codec.start();
  return codec;
}

/** The code of the UndecodableError, or the event as JSON. */
async function outcome(value: Buffer | null, by = codec): Promise<string> {
  try {
    return JSON.stringify(await by.decode(value));
  } catch (error) {
    if (error instanceof UndecodableError) return error.code;
    throw error;
  }
}

function encoded(id: number, ...body: number[]): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

describe('an encoded event', () => {
  test.each(sampleEvents)('decodes to the same $type', (event) => {
    expect(codec.decode(codec.encode(event))).toEqual(event);
  });

  test('is tested for every event type', () => {
    expect(new Set(sampleEvents.map(({ type }) => type))).toEqual(new Set(loadSchemas().map(({ record }) => record)));
  });

  test('is 0, the schema id in four bytes, and the Avro body', () => {
    const id = loadSchemas().findIndex(({ record }) => record === 'QueuePaused') + 1;
    expect([...codec.encode(paused)]).toEqual([0, 0, 0, 0, id, 2, 'c'.charCodeAt(0), 2]);
  });

  test('decodes to a plain object with the type first', () => {
    const decoded = codec.decode(codec.encode(paused));
    expect(decoded).toStrictEqual(paused);
    expect(Object.keys(decoded)[0]).toBe('type');
  });

  test('keeps its bytes while thousands of events are encoded', () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => `${i}`.repeat(1 + (i % 40)));
    const encoded = ids.map((id) => codec.encode(request(id)));
    expect(encoded.map((value) => codec.decode(value))).toEqual(ids.map(request));
  });

  test('can be larger than the shared buffer', () => {
    for (const length of [65_531, 65_536, 200_000, 200_001]) {
      const large: QueueEvent = { ...paused, type: 'UserReinstated', userId: 'ü'.repeat(length) };
      expect(codec.decode(codec.encode(large))).toEqual(large);
      expect(codec.decode(codec.encode(paused))).toEqual(paused);
    }
  });

  test('throws for a number out of range, and leaves other events intact', () => {
    const wrong = { ...configured, policy: { ...('policy' in configured && configured.policy), capacity: 2 ** 31 } };
    expect(() => codec.encode(wrong as QueueEvent)).toThrow();
    expect(codec.decode(codec.encode(paused))).toEqual(paused);
  });

  test('requires the schema ids', () => {
    const early = new AvroEventCodec(localIds(), { registerAtStart: false });
    expect(early.ready).toBe(false);
    expect(() => early.encode(paused)).toThrow(expect.objectContaining({ code: 'LOG_UNAVAILABLE' }));
    expect(codec.ready).toBe(true);
  });
});

describe('an undecodable value', () => {
  test.each([
    ['nothing', null],
    ['no bytes', Buffer.alloc(0)],
    ['half a header', Buffer.from([0, 0, 0, 1])],
    ['another magic byte', Buffer.from([1, 0, 0, 0, 1, 2, 99, 2])],
    ['JSON', Buffer.from('{"type":"QueuePaused"}')],
  ])('is not in wire format: %s', async (_, value) => {
    expect(await outcome(value)).toBe('NOT_WIRE_FORMAT');
  });

  test.each(sampleEvents)('is a truncated $type, or one with an extra byte', async (event) => {
    const value = codec.encode(event);
    for (let end = 5; end < value.length; end++) expect(await outcome(value.subarray(0, end))).toBe('MALFORMED_BODY');
    expect(await outcome(Buffer.concat([value, Buffer.alloc(1)]))).toBe('MALFORMED_BODY');
  });

  test('has a number out of range or an unknown symbol', async () => {
    const value = codec.encode(configured);
    const body = 5 + 1 + 'rock-am-see'.length + 6; // header, concertId, occurredAt; capacity is the first field of the policy
    const longVarint = Buffer.concat([value.subarray(0, body), Buffer.alloc(500, 0xff), value.subarray(body + 1)]);
    expect(await outcome(longVarint)).toBe('MALFORMED_BODY');
    const symbol = value.indexOf(Buffer.from([0, 0, 0, 0]), body); // three nulls, then the symbol
    const other = Buffer.from(value);
    other[symbol + 3] = 8;
    expect(await outcome(other)).toBe('MALFORMED_BODY');
  });

  test('has a writer schema of another record or no record', async () => {
    const wrongField = [{ name: 'concertId', type: 'int' }];
    const others = new Map([
      [101, { type: 'AVRO', text: recordText('other.namespace.QueuePaused') }],
      [102, { type: 'AVRO', text: recordText('concert.queue.Unknown') }],
      [103, { type: 'AVRO', text: '"string"' }],
      [104, { type: 'JSON', text: '{}' }],
      [105, { type: 'AVRO', text: recordText('concert.queue.QueuePaused', wrongField) }],
      [106, { type: 'AVRO', text: 'no schema' }],
    ]);
    const reader = await startedCodec(localIds(others));
    for (const id of others.keys()) expect([id, await outcome(encoded(id), reader)]).toEqual([id, 'FOREIGN_RECORD']);
  });
});

describe('a new schema id', () => {
  const schema = { type: 'AVRO', text: loadSchemas().find(({ record }) => record === 'QueuePaused')?.text ?? '' };
  const value = encoded(500, 2, 'c'.charCodeAt(0), 2);

  test('is looked up once for concurrent and later values', async () => {
    let lookups = 0;
    const source = { ...localIds(), schemaOf: async () => (lookups++, schema) };
    const reader = await startedCodec(source);
    const both = [reader.decode(value), reader.decode(value)];
    expect(both[0]).toBeInstanceOf(Promise);
    expect(await Promise.all(both)).toEqual([paused, paused]);
    expect(reader.decode(value)).toEqual(paused);
    expect(lookups).toBe(1);
  });

  test('is retried for 30 s while the registry does not know it, and unknown afterwards', async () => {
    let now = 1_000;
    const others = new Map<number, typeof schema>();
    const reader = await startedCodec(localIds(others), () => now);
    await expect(outcome(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 29_999;
    await expect(outcome(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 1;
    expect(await outcome(value, reader)).toBe('UNKNOWN_SCHEMA');
    others.set(500, schema);
    expect(await outcome(value, reader)).toBe('UNKNOWN_SCHEMA'); // cached for 5 s
    now += 5_000;
    expect(await reader.decode(value)).toEqual(paused);
  });

  test('is retried for 30 s again after a minute without a lookup', async () => {
    let now = 1_000;
    const reader = await startedCodec(localIds(), () => now);
    await expect(outcome(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 60_000;
    await expect(outcome(value, reader)).rejects.toThrow('does not know schema 500 yet');
  });

  test('is retried while the registry is unavailable', async () => {
    let isUnavailable = true;
    let now = 0;
    const schemaOf = async () => {
      if (isUnavailable) throw new Error('connection refused');
      return schema;
    };
    const reader = await startedCodec({ ...localIds(), schemaOf }, () => now);
    for (; now < 100_000; now += 20_000) await expect(outcome(value, reader)).rejects.toThrow('connection refused');
    isUnavailable = false;
    expect(await reader.decode(value)).toEqual(paused);
  });
});
