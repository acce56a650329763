import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadSchemas } from '../../src/infrastructure/driven/avro/schema-files.ts';
import { parseSchema } from '../../src/infrastructure/driven/avro/schema-model.ts';
import { typesOf } from './event-types.ts';

const event = (...fields: object[]) =>
  parseSchema(JSON.stringify({ type: 'record', name: 'a.b.Happened', doc: 'It happened.', fields }));

describe('the generator of event types', () => {
  test('agrees with the committed file', () => {
    const file = new URL('../../src/domain/events.generated.ts', import.meta.url);
    expect(typesOf(loadSchemas().map(({ text }) => parseSchema(text)))).toBe(readFileSync(file, 'utf8'));
  });

  test('writes an interface with the documentation of the schema', () => {
    const types = typesOf([event({ name: 'at', type: ['null', 'long'], doc: 'When.' })]);
    expect(types).toContain(
      "/** It happened. */\nexport interface Happened {\n  readonly type: 'Happened';\n  /** When. */\n  readonly at: number | null;\n}\n",
    );
  });

  test("rejects a field with the name of the event's type field", () => {
    expect(() => typesOf([event({ name: 'type', type: 'string' })])).toThrow('a.b.Happened.type');
  });

  test('rejects an unsupported kind of schema and names the field', () => {
    expect(() => typesOf([event({ name: 'blob', type: 'bytes' })])).toThrow('a.b.Happened.blob');
  });
});
