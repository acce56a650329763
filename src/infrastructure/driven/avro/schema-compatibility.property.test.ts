import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import * as fc from 'fast-check';
import { incompatibilities } from './schema-compatibility.ts';
import { parseSchema } from './schema-model.ts';

const symbols = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
const anyType = fc.oneof(
  fc.constantFrom('int', 'long', 'string', 'bytes', 'boolean'),
  fc.constant(['null', 'string']),
  fc.constant(['null', 'long']),
  fc.record({ type: fc.constant('array'), items: fc.constantFrom('int', 'string') }),
  fc.record({ type: fc.constant('enum'), symbols, default: fc.constantFrom('a', undefined) }),
);
const anyField = fc.record({ name: fc.constantFrom('p', 'q', 'r'), type: anyType, optional: fc.boolean() });
const schema = fc.uniqueArray(anyField, { selector: ({ name }) => name }).map((fields) =>
  JSON.stringify({
    type: 'record',
    name: 'Any',
    fields: fields.map(({ name, type, optional }) => ({ name, ...withDefault(named(type, name), optional) })),
  }),
);

function named(type: unknown, field: string): unknown {
  if (typeof type !== 'object' || type === null || !('symbols' in type) || !Array.isArray(type.symbols)) return type;
  return { ...type, name: `E_${field}`, default: type.symbols[0] };
}

function withDefault(type: unknown, optional: boolean): object {
  return optional && Array.isArray(type) ? { type, default: null } : { type };
}

describe('the compatibility check', () => {
  test('accepts only schemas that avsc reads in both directions', () => {
    fc.assert(
      fc.property(schema, schema, (one, other) => {
        fc.pre(incompatibilities(parseSchema(one), parseSchema(other)).length === 0);
        const [a, b] = [avsc.Type.forSchema(JSON.parse(one)), avsc.Type.forSchema(JSON.parse(other))];
        expect(() => [a.createResolver(b), b.createResolver(a)]).not.toThrow();
      }),
      { numRuns: 300, maxSkipsPerRun: 1_000 },
    );
  });

  test('accepts every schema as compatible with itself', () => {
    fc.assert(fc.property(schema, (any) => expect(incompatibilities(parseSchema(any), parseSchema(any))).toEqual([])));
  });
});
