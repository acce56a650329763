import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { AvroEventCodec, MAX_EXACT_LONG, MIN_EXACT_LONG } from './avro-event-codec.ts';
import { localIds } from './sample-events.fixtures.ts';
import { loadSchemas } from './schema-files.ts';
import { parseSchema, type Schema } from './schema-model.ts';

let codec: AvroEventCodec;
beforeAll(async () => {
  codec = new AvroEventCodec(localIds(), { registerAtStart: true });
  await codec.start();
});

/** Any value of a schema, so that new fields are covered automatically. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.kind === 'record') {
    return fc.record(Object.fromEntries(schema.fields.map((field) => [field.name, valueOf(field.schema)])));
  }
  if (schema.kind === 'union') return fc.oneof(...schema.branches.map(valueOf));
  if (schema.kind === 'enum') return fc.constantFrom(...schema.symbols);
  if (schema.kind === 'map')
    return fc.dictionary(fc.string({ unit: 'binary' }), valueOf(schema.of), { noNullPrototype: true });
  switch ('name' in schema ? schema.name : schema.kind) {
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 200 });
    case 'int':
      return fc.integer();
    case 'long':
      return fc.integer({ min: MIN_EXACT_LONG, max: MAX_EXACT_LONG });
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`);
  }
}

const schemas = loadSchemas();
const event = fc
  .oneof(...schemas.map(({ record, text }) => fc.tuple(fc.constant(record), valueOf(parseSchema(text)))))
  .map(([type, value]) => ({ type, ...(value as object) }) as QueueEvent);

describe('the codec', () => {
  test('decodes any encoded event to the same event', () => {
    fc.assert(fc.property(event, (any) => expect(codec.decode(codec.encode(any))).toEqual(any)));
  });

  test('decodes any sequence of encoded events', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const values = events.map((any) => codec.encode(any));
        expect(values.map((value) => codec.decode(value))).toEqual(events);
      }),
    );
  });

  test('decodes any bytes to an event or throws UndecodableError', () => {
    const id = fc.nat({ max: schemas.length - 1 });
    fc.assert(
      fc.property(id, fc.uint8Array({ maxLength: 300 }), (index, body) => {
        const value = Buffer.concat([Buffer.from([0, 0, 0, 0, index + 1]), body]);
        try {
          expect(codec.decode(value)).toHaveProperty('type', schemas[index]?.record);
        } catch (error) {
          if (!(error instanceof UndecodableError)) throw error;
        }
      }),
    );
  });

  test('decodes a damaged event only to an event that can be encoded', () => {
    const damage = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(event, damage, (any, [where, byte]) => {
        const value = Buffer.from(codec.encode(any));
        value[5 + (where % (value.length - 5))] = byte;
        try {
          const decoded = codec.decode(value);
          if (decoded instanceof Promise) throw new Error('the id was not touched');
          expect(codec.decode(codec.encode(decoded))).toEqual(decoded);
        } catch (error) {
          if (!(error instanceof UndecodableError)) throw error;
        }
      }),
    );
  });
});
