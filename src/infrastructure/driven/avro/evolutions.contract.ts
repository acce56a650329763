import type { SchemaRule } from '../../../application/ports/event-schemas.port.ts';

/** A change to `original`, and the expected findings. */
export interface Evolution {
  readonly name: string;
  readonly to: object;
  /** The finding of our check; absent if the change is compatible in both directions. */
  readonly broken?: readonly [rule: SchemaRule, field: string];
  /** Avro, and so a registry, accepts the change although it changes the meaning. */
  readonly avroAccepts?: true;
}

const text = { name: 'text', type: 'string' };
const count = { name: 'count', type: 'int' };
const note = { name: 'note', type: ['null', 'string'], default: null };
const size = (symbols: string[]) => ({ type: 'enum', name: 'Size', symbols, default: 'small' });
const mode = (symbols: string[]) => ({ type: 'enum', name: 'Mode', symbols });
const inner = (...fields: object[]) => ({ name: 'inner', type: { type: 'record', name: 'Inner', fields } });
const sized = { name: 'size', type: size(['small', 'large']), default: 'small' };
const moded = { name: 'mode', type: mode(['on', 'off']) };
const depth = { name: 'depth', type: 'long' };
const all = [text, count, note, sized, moded, inner(depth)];

function record(fields: readonly object[], name = 'Evolving'): object {
  return { type: 'record', name, fields };
}
const without = (removed: object) => record(all.filter((field) => field !== removed));
const changed = (from: object, to: object) => record(all.map((field) => (field === from ? to : field)));
const nested = (...fields: object[]) => record([...all.slice(0, -1), inner(...fields)]);

/** Without a namespace: each test adds its own. */
export const original = record(all);

export const evolutions: readonly Evolution[] = [
  { name: 'no change', to: original },
  { name: 'documentation added', to: { ...original, doc: 'What it means.' } },
  { name: 'fields in another order', to: record(all.toReversed()) },
  { name: 'optional field added', to: record([...all, { name: 'more', type: 'string', default: '' }]) },
  { name: 'optional field removed', to: without(note) },
  { name: 'default changed', to: changed(sized, { ...sized, default: 'large' }) },
  {
    name: 'symbol added to an enum with a default',
    to: changed(sized, { ...sized, type: size(['small', 'large', 'huge']) }),
  },
  { name: 'field removed', to: without(text), broken: ['FIELD_REMOVED', 'text'] },
  { name: 'nested field removed', to: nested(), broken: ['FIELD_REMOVED', 'inner.depth'] },
  {
    name: 'required field added',
    to: record([...all, { name: 'more', type: 'string' }]),
    broken: ['REQUIRED_FIELD_ADDED', 'more'],
  },
  { name: 'nested required field added', to: nested(depth, text), broken: ['REQUIRED_FIELD_ADDED', 'inner.text'] },
  { name: 'field renamed', to: changed(text, { ...text, name: 'words' }), broken: ['FIELD_REMOVED', 'text'] },
  {
    name: 'field renamed with an alias',
    to: changed(text, { ...text, name: 'words', aliases: ['text'] }),
    broken: ['FIELD_REMOVED', 'text'],
  },
  { name: 'type changed', to: changed(text, { ...text, type: 'int' }), broken: ['TYPE_CHANGED', 'text'] },
  { name: 'type widened', to: changed(count, { ...count, type: 'long' }), broken: ['TYPE_CHANGED', 'count'] },
  {
    name: 'field made nullable',
    to: changed(text, { ...text, type: ['null', 'string'] }),
    broken: ['UNION_BRANCH_ADDED', 'text'],
  },
  {
    name: 'field made required',
    to: changed(note, { name: 'note', type: 'string' }),
    broken: ['UNION_BRANCH_REMOVED', 'note'],
  },
  {
    name: 'union branch changed',
    to: changed(note, { ...note, type: ['null', 'int'] }),
    broken: ['UNION_BRANCH_REMOVED', 'note'],
  },
  {
    name: 'list instead of a value',
    to: changed(text, { ...text, type: { type: 'array', items: 'string' } }),
    broken: ['TYPE_CHANGED', 'text'],
  },
  {
    name: 'enum symbol removed',
    to: changed(moded, { ...moded, type: mode(['on']) }),
    broken: ['ENUM_SYMBOL_REMOVED', 'mode'],
  },
  {
    name: 'enum symbol added without a default',
    to: changed(moded, { ...moded, type: mode(['on', 'off', 'idle']) }),
    broken: ['ENUM_SYMBOL_ADDED', 'mode'],
  },
  {
    name: 'enum symbol removed, with a default',
    to: changed(sized, { ...sized, type: size(['small']) }),
    broken: ['ENUM_SYMBOL_REMOVED', 'size'],
    avroAccepts: true,
  },
  {
    name: 'another logical type',
    to: nested({ ...depth, type: { type: 'long', logicalType: 'timestamp-millis' } }),
    broken: ['LOGICAL_TYPE_CHANGED', 'inner.depth'],
    avroAccepts: true,
  },
  { name: 'record renamed', to: record(all, 'Renamed'), broken: ['NAME_CHANGED', ''] },
];
