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
  codec = await started(localIds());
});

async function started(source: SchemaIdSource, now?: () => number): Promise<AvroEventCodec> {
  const made = new AvroEventCodec(source, { registerAtStart: true, ...(now && { now }) });
  await made.start();
  return made;
}

/** The code with which the value is refused; throws what is no UndecodableError. */
async function refusal(value: Buffer | null, by = codec): Promise<string> {
  try {
    return JSON.stringify(await by.decode(value));
  } catch (error) {
    if (error instanceof UndecodableError) return error.code;
    throw error;
  }
}

function written(id: number, ...body: number[]): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

describe('an encoded event', () => {
  test.each(sampleEvents)('gives back $type as it was', (event) => {
    expect(codec.decode(codec.encode(event))).toEqual(event);
  });

  test('covers every event of the log', () => {
    expect(new Set(sampleEvents.map(({ type }) => type))).toEqual(new Set(loadSchemas().map(({ record }) => record)));
  });

  test('is 0, the schema id in four bytes, and the Avro body', () => {
    const id = loadSchemas().findIndex(({ record }) => record === 'QueuePaused') + 1;
    expect([...codec.encode(paused)]).toEqual([0, 0, 0, 0, id, 2, 'c'.charCodeAt(0), 2]);
  });

  test('decodes to a plain object with its type in front', () => {
    const decoded = codec.decode(codec.encode(paused));
    expect(decoded).toStrictEqual(paused);
    expect(Object.keys(decoded)[0]).toBe('type');
  });

  test('keeps its bytes while thousands of others are encoded', () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => `${i}`.repeat(1 + (i % 40)));
    const encoded = ids.map((id) => codec.encode(request(id)));
    expect(encoded.map((value) => codec.decode(value))).toEqual(ids.map(request));
  });

  test('may be larger than the buffer that events share, several times over', () => {
    for (const length of [65_531, 65_536, 200_000, 200_001]) {
      const large: QueueEvent = { ...paused, type: 'UserReinstated', userId: 'ü'.repeat(length) };
      expect(codec.decode(codec.encode(large))).toEqual(large);
      expect(codec.decode(codec.encode(paused))).toEqual(paused);
    }
  });

  test('is refused when a number does not fit its field, and disturbs no other', () => {
    const wrong = { ...configured, policy: { ...('policy' in configured && configured.policy), capacity: 2 ** 31 } };
    expect(() => codec.encode(wrong as QueueEvent)).toThrow();
    expect(codec.decode(codec.encode(paused))).toEqual(paused);
  });

  test('needs the ids of the schemas first', () => {
    const early = new AvroEventCodec(localIds(), { registerAtStart: false });
    expect(early.ready).toBe(false);
    expect(() => early.encode(paused)).toThrow(expect.objectContaining({ code: 'LOG_UNAVAILABLE' }));
    expect(codec.ready).toBe(true);
  });
});

describe('a value that will never decode', () => {
  test.each([
    ['nothing', null],
    ['no bytes', Buffer.alloc(0)],
    ['half a header', Buffer.from([0, 0, 0, 1])],
    ['another magic byte', Buffer.from([1, 0, 0, 0, 1, 2, 99, 2])],
    ['JSON', Buffer.from('{"type":"QueuePaused"}')],
  ])('is not in wire format: %s', async (_, value) => {
    expect(await refusal(value)).toBe('NOT_WIRE_FORMAT');
  });

  test.each(sampleEvents)('is $type cut short at any byte, or with a byte too many', async (event) => {
    const value = codec.encode(event);
    for (let end = 5; end < value.length; end++) expect(await refusal(value.subarray(0, end))).toBe('MALFORMED_BODY');
    expect(await refusal(Buffer.concat([value, Buffer.alloc(1)]))).toBe('MALFORMED_BODY');
  });

  test('holds a number that its field cannot, or a symbol that there is not', async () => {
    const value = codec.encode(configured);
    const body = 5 + 1 + 'rock-am-see'.length + 6; // header, concertId, occurredAt: the policy begins with its capacity
    const endless = Buffer.concat([value.subarray(0, body), Buffer.alloc(500, 0xff), value.subarray(body + 1)]);
    expect(await refusal(endless)).toBe('MALFORMED_BODY');
    const symbol = value.indexOf(Buffer.from([0, 0, 0, 0]), body); // three nulls, then the symbol
    const other = Buffer.from(value);
    other[symbol + 3] = 8;
    expect(await refusal(other)).toBe('MALFORMED_BODY');
  });

  test('is of a record that is no event, or of no record at all', async () => {
    const wrongField = [{ name: 'concertId', type: 'int' }];
    const others = new Map([
      [101, { type: 'AVRO', text: recordText('other.namespace.QueuePaused') }],
      [102, { type: 'AVRO', text: recordText('concert.queue.Unheard') }],
      [103, { type: 'AVRO', text: '"string"' }],
      [104, { type: 'JSON', text: '{}' }],
      [105, { type: 'AVRO', text: recordText('concert.queue.QueuePaused', wrongField) }],
      [106, { type: 'AVRO', text: 'no schema' }],
    ]);
    const reader = await started(localIds(others));
    for (const id of others.keys()) expect([id, await refusal(written(id), reader)]).toEqual([id, 'FOREIGN_RECORD']);
  });
});

describe('a schema id not met before', () => {
  const schema = { type: 'AVRO', text: loadSchemas().find(({ record }) => record === 'QueuePaused')?.text ?? '' };
  const value = written(500, 2, 'c'.charCodeAt(0), 2);

  test('is asked for once, however many wait for it, and never again', async () => {
    let asked = 0;
    const source = { ...localIds(), schemaOf: async () => (asked++, schema) };
    const reader = await started(source);
    const both = [reader.decode(value), reader.decode(value)];
    expect(both[0]).toBeInstanceOf(Promise);
    expect(await Promise.all(both)).toEqual([paused, paused]);
    expect(reader.decode(value)).toEqual(paused);
    expect(asked).toBe(1);
  });

  test('is worth a retry while the registry denies it for less than 30 s, and unknown from then on', async () => {
    let now = 1_000;
    const others = new Map<number, typeof schema>();
    const reader = await started(localIds(others), () => now);
    await expect(refusal(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 29_999;
    await expect(refusal(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 1;
    expect(await refusal(value, reader)).toBe('UNKNOWN_SCHEMA');
    others.set(500, schema);
    expect(await refusal(value, reader)).toBe('UNKNOWN_SCHEMA'); // remembered, but briefly
    now += 5_000;
    expect(await reader.decode(value)).toEqual(paused);
  });

  test('is given its 30 s anew when nobody has asked for it in a minute', async () => {
    let now = 1_000;
    const reader = await started(localIds(), () => now);
    await expect(refusal(value, reader)).rejects.toThrow('does not know schema 500 yet');
    now += 60_000;
    await expect(refusal(value, reader)).rejects.toThrow('does not know schema 500 yet');
  });

  test('is worth a retry for as long as the registry is away', async () => {
    let away = true;
    let now = 0;
    const schemaOf = async () => {
      if (away) throw new Error('connection refused');
      return schema;
    };
    const reader = await started({ ...localIds(), schemaOf }, () => now);
    for (; now < 100_000; now += 20_000) await expect(refusal(value, reader)).rejects.toThrow('connection refused');
    away = false;
    expect(await reader.decode(value)).toEqual(paused);
  });
});
