import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import { evolutions, original } from './evolutions.contract.ts';
import { incompatibilities } from './schema-compatibility.ts';
import { parseSchema } from './schema-model.ts';

const parsed = (schema: object) => parseSchema(JSON.stringify(schema));

/** Whether avsc reads each schema's values with the other schema. */
function avscReadsBoth(one: object, other: object): boolean {
  const [a, b] = [avsc.Type.forSchema(copy(one)), avsc.Type.forSchema(copy(other))];
  try {
    a.createResolver(b);
    b.createResolver(a);
    return true;
  } catch {
    return false;
  }
}
const copy = (schema: object): avsc.Type => JSON.parse(JSON.stringify(schema));

const list = (type: string) => ({
  type: 'record',
  name: 'List',
  fields: [
    { name: 'value', type },
    { name: 'next', type: ['null', 'List'], default: null },
  ],
});

describe('the compatibility check', () => {
  test.each(evolutions)('reports field and rule of "$name"', ({ to, broken }) => {
    const [first] = incompatibilities(parsed(to), parsed(original));
    expect(first && [first.rule, first.field]).toEqual(broken);
  });

  test.each(evolutions)('agrees with avsc on "$name", or is intentionally stricter', ({ to, broken, avroAccepts }) => {
    expect(avscReadsBoth(to, original)).toBe(broken === undefined || avroAccepts === true);
  });

  test('reports every problem', () => {
    const now = parsed({ type: 'record', name: 'Evolving', fields: [{ name: 'other', type: 'int' }] });
    const before = parsed({ type: 'record', name: 'Evolving', fields: [{ name: 'text', type: 'string' }] });
    expect(incompatibilities(now, before).map(({ rule, field }) => `${rule} ${field}`)).toEqual([
      'FIELD_REMOVED text',
      'REQUIRED_FIELD_ADDED other',
    ]);
  });

  test('terminates on a recursive record', () => {
    expect(incompatibilities(parsed(list('int')), parsed(list('int')))).toEqual([]);
    expect(incompatibilities(parsed(list('int')), parsed(list('string')))).toHaveLength(1);
  });
});
