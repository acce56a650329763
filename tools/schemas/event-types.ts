import type { Field, RecordSchema, Schema } from '../../src/infrastructure/driven/avro/schema-model.ts';

const HEADER = '// Generated from schemas/*.avsc by `npm run schemas:types`. Do not edit: change the schema instead.\n';
const WIDTH = 120;
const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
};

/** The TypeScript of the given event records, and of the records within them. @throws Error for a kind of schema that events do not use */
export function typesOf(events: readonly Schema[]): string {
  const records = events.map(recordOf);
  const nested = new Map<string, RecordSchema>();
  for (const record of records) collectNested(record, nested);
  const union = records.map((record) => `\n  | ${shortName(record.name)}`).join('');
  return [
    HEADER,
    ...[...nested.values()].map((record) => declaration(record, [])),
    ...records.map((record) => declaration(record, [`  readonly type: '${shortName(record.name)}';`])),
    `/** Everything that \`queue.entry\` may hold. */\nexport type QueueEvent =${union};\n`,
  ].join('\n');
}

function declaration(record: RecordSchema, first: readonly string[]): string {
  const members = record.fields.map((field) => member(record, field));
  const body = [...first, ...members].join('\n');
  return `${comment(record.doc, '')}export interface ${shortName(record.name)} {\n${body}\n}\n`;
}

function member(record: RecordSchema, field: Field): string {
  if (field.name === 'type') throw new Error(`${record.name}.type: the name is taken by the event's own type`);
  return `${comment(field.doc, '  ')}  readonly ${field.name}: ${typeOf(field.schema, `${record.name}.${field.name}`)};`;
}

function typeOf(schema: Schema, path: string): string {
  switch (schema.kind) {
    case 'record':
      return shortName(schema.name);
    case 'enum':
      return schema.symbols.map((symbol) => `'${symbol}'`).join(' | ');
    case 'union':
      return schema.branches
        .toSorted((a, b) => Number(isNull(a)) - Number(isNull(b)))
        .map((branch) => typeOf(branch, path))
        .join(' | ');
    case 'array':
      return `readonly (${typeOf(schema.of, path)})[]`;
    case 'map':
      return `Readonly<Record<string, ${typeOf(schema.of, path)}>>`;
    default: {
      const type = schema.kind === 'primitive' ? PRIMITIVES[schema.name] : undefined;
      if (type === undefined) throw new Error(`${path}: events hold no ${schema.kind} (${JSON.stringify(schema)})`);
      return type;
    }
  }
}

function collectNested(schema: Schema, found: Map<string, RecordSchema>): void {
  if (schema.kind === 'array' || schema.kind === 'map') collectNested(schema.of, found);
  if (schema.kind === 'union') for (const branch of schema.branches) collectNested(branch, found);
  if (schema.kind !== 'record') return;
  for (const { schema: inner } of schema.fields) {
    if (inner.kind === 'record' && !found.has(inner.name)) {
      found.set(inner.name, inner);
    } else if (inner.kind === 'record' && JSON.stringify(found.get(inner.name)) !== JSON.stringify(inner)) {
      throw new Error(`${inner.name} is written differently in two schemas`);
    }
    collectNested(inner, found);
  }
}

function comment(doc: string | undefined, indent: string): string {
  if (doc === undefined) return '';
  const oneLine = `${indent}/** ${doc} */\n`;
  if (oneLine.length <= WIDTH) return oneLine;
  return `${indent}/**\n${wrap(doc, WIDTH - indent.length - 3)
    .map((line) => `${indent} * ${line}\n`)
    .join('')}${indent} */\n`;
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function recordOf(schema: Schema): RecordSchema {
  if (schema.kind !== 'record') throw new Error(`an event is a record, not ${schema.kind}`);
  return schema;
}

function isNull(schema: Schema): boolean {
  return schema.kind === 'primitive' && schema.name === 'null';
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
