import avsc from 'avsc';

/** An Avro schema with resolved names, for the type generator and the compatibility check. */
export type Schema =
  | { readonly kind: 'primitive'; readonly name: string; readonly logicalType: string | undefined }
  | RecordSchema
  | EnumSchema
  | { readonly kind: 'fixed'; readonly name: string; readonly size: number }
  | { readonly kind: 'array' | 'map'; readonly of: Schema }
  | { readonly kind: 'union'; readonly branches: readonly Schema[] };

export interface RecordSchema {
  readonly kind: 'record';
  /** With the namespace. */
  readonly name: string;
  readonly doc: string | undefined;
  readonly fields: readonly Field[];
}

export interface EnumSchema {
  readonly kind: 'enum';
  readonly name: string;
  readonly doc: string | undefined;
  readonly symbols: readonly string[];
  readonly default: string | undefined;
}

export interface Field {
  readonly name: string;
  readonly doc: string | undefined;
  readonly schema: Schema;
  readonly hasDefault: boolean;
}

/** A schema as JSON, validated by avsc. */
interface Raw {
  readonly type: RawSchema;
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly Raw[];
  readonly symbols: readonly string[];
  readonly default?: string;
  readonly logicalType?: string;
  readonly items: RawSchema;
  readonly values: RawSchema;
  readonly size: number;
}
type RawSchema = string | Raw | readonly RawSchema[];

/** @throws Error with the reason if the text is no Avro schema */
export function parseSchema(text: string): Schema {
  const raw = JSON.parse(text) as RawSchema;
  avsc.Type.forSchema(JSON.parse(text)); // validates, including defaults; avsc changes its argument
  return resolve(raw, '', new Map());
}

function resolve(raw: RawSchema, namespace: string, named: Map<string, Schema>): Schema {
  if (typeof raw === 'string') {
    return named.get(qualified(raw, namespace)) ?? { kind: 'primitive', name: raw, logicalType: undefined };
  }
  if (!isObject(raw)) return { kind: 'union', branches: raw.map((branch) => resolve(branch, namespace, named)) };
  switch (raw.type) {
    case 'record':
      return resolveRecord(raw, namespace, named);
    case 'enum': {
      const name = nameOf(raw, namespace);
      return define(named, { kind: 'enum', name, doc: raw.doc, symbols: raw.symbols, default: raw.default });
    }
    case 'fixed':
      return define(named, { kind: 'fixed', name: nameOf(raw, namespace), size: raw.size });
    case 'array':
      return { kind: 'array', of: resolve(raw.items, namespace, named) };
    case 'map':
      return { kind: 'map', of: resolve(raw.values, namespace, named) };
    default: {
      const inner = resolve(raw.type, namespace, named);
      return inner.kind === 'primitive' ? { ...inner, logicalType: raw.logicalType } : inner;
    }
  }
}

function resolveRecord(raw: Raw, namespace: string, named: Map<string, Schema>): Schema {
  const name = nameOf(raw, namespace);
  const fields: Field[] = [];
  const record = define(named, { kind: 'record', name, doc: raw.doc, fields }); // before its fields: the record may be recursive
  const inner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  for (const field of raw.fields) {
    const schema = resolve(field.type, inner, named);
    fields.push({ name: field.name, doc: field.doc, schema, hasDefault: 'default' in field });
  }
  return record;
}

function define<S extends Schema & { readonly name: string }>(named: Map<string, Schema>, schema: S): S {
  named.set(schema.name, schema);
  return schema;
}

function nameOf(raw: Raw, namespace: string): string {
  return qualified(raw.name, raw.namespace ?? namespace);
}

function qualified(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function isObject(raw: Raw | readonly RawSchema[]): raw is Raw {
  return !Array.isArray(raw);
}
