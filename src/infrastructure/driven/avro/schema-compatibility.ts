import type { SchemaRule } from '../../../application/ports/event-schemas.port.ts';
import type { EnumSchema, Field, RecordSchema, Schema } from './schema-model.ts';

/** One incompatibility of two schema versions. */
export interface Incompatibility {
  /** Path from the record, e.g. `policy.capacity`; empty for the record itself. */
  readonly field: string;
  readonly rule: SchemaRule;
  readonly message: string;
}

/**
 * The incompatibilities of the current and a released schema, in both directions; empty if compatible.
 *
 * Stricter than Avro where Avro reads a wrong value without an error: a removed enum symbol (read as the default), another logical
 * type, an alias (unknown to released readers), string for bytes.
 */
export function incompatibilities(current: Schema, released: Schema): readonly Incompatibility[] {
  return [...compare(current, released, '', new Set())];
}

function* compare(current: Schema, released: Schema, at: string, seen: Set<Schema>): Generator<Incompatibility> {
  if (current.kind === 'union' || released.kind === 'union') return yield* compareBranches(current, released, at, seen);
  if (current.kind !== released.kind) return yield typeChanged(current, released, at);
  if ('name' in current && 'name' in released && current.name !== released.name) {
    if (current.kind === 'primitive') return yield typeChanged(current, released, at);
    return yield found(at, 'NAME_CHANGED', `was named ${released.name}, now ${current.name}`);
  }
  if (current.kind === 'record' && released.kind === 'record') {
    if (seen.has(current)) return; // the record is recursive
    yield* compareFields(current, released, at, seen.add(current));
  } else if (current.kind === 'enum' && released.kind === 'enum') {
    yield* compareSymbols(current, released, at);
  } else if ('of' in current && 'of' in released) {
    yield* compare(current.of, released.of, `${at}[]`, seen);
  } else if (current.kind === 'fixed' && released.kind === 'fixed' && current.size !== released.size) {
    yield found(at, 'SIZE_CHANGED', `was ${released.size} bytes, now ${current.size}`);
  } else if (current.kind === 'primitive' && released.kind === 'primitive') {
    const [was, is] = [released.logicalType ?? 'none', current.logicalType ?? 'none'];
    if (was !== is)
      yield found(at, 'LOGICAL_TYPE_CHANGED', `was ${was}, now ${is}: the same bytes have another meaning`);
  }
}

function* compareFields(current: RecordSchema, released: RecordSchema, at: string, seen: Set<Schema>) {
  const path = (field: Field) => (at === '' ? field.name : `${at}.${field.name}`);
  for (const field of released.fields) {
    const today = current.fields.find(({ name }) => name === field.name);
    if (today) yield* compare(today.schema, field.schema, path(field), seen);
    else if (!field.hasDefault) {
      yield found(path(field), 'FIELD_REMOVED', 'it has no default, so released readers need it');
    }
  }
  for (const field of current.fields) {
    if (field.hasDefault || released.fields.some(({ name }) => name === field.name)) continue;
    yield found(path(field), 'REQUIRED_FIELD_ADDED', 'it needs a default, because released records do not contain it');
  }
}

function* compareSymbols(current: EnumSchema, released: EnumSchema, at: string): Generator<Incompatibility> {
  for (const symbol of released.symbols) {
    if (current.symbols.includes(symbol)) continue;
    yield found(at, 'ENUM_SYMBOL_REMOVED', `"${symbol}" is in the log and would be read as the default`);
  }
  for (const symbol of current.symbols) {
    if (released.symbols.includes(symbol) || released.default !== undefined) continue;
    yield found(at, 'ENUM_SYMBOL_ADDED', `released readers do not know "${symbol}" and have no default`);
  }
}

/** Treats a type that is no union as a union of one branch. */
function* compareBranches(current: Schema, released: Schema, at: string, seen: Set<Schema>) {
  const [today, before] = [branches(current), branches(released)];
  for (const branch of before) {
    const match = today.find((other) => label(other) === label(branch));
    if (match) yield* compare(match, branch, at, seen);
    else yield found(at, 'UNION_BRANCH_REMOVED', `${label(branch)} is in the log and could not be read`);
  }
  for (const branch of today) {
    if (before.some((other) => label(other) === label(branch))) continue;
    yield found(at, 'UNION_BRANCH_ADDED', `released readers cannot read ${label(branch)}`);
  }
}

function branches(schema: Schema): readonly Schema[] {
  return schema.kind === 'union' ? schema.branches : [schema];
}

function typeChanged(current: Schema, released: Schema, at: string): Incompatibility {
  return found(at, 'TYPE_CHANGED', `was ${label(released)}, now ${label(current)}`);
}

function label(schema: Schema): string {
  return 'name' in schema ? schema.name : schema.kind;
}

function found(field: string, rule: SchemaRule, message: string): Incompatibility {
  return { field, rule, message };
}
