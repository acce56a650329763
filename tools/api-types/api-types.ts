/** The part of OpenAPI 3.1 that this API's own document uses. */
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Wanted {
  /** The calls that the reader of the types makes, by operationId. */
  readonly operations: readonly string[];
  /** Lists of values to be known at run time: name of the constant -> `Schema.property`. */
  readonly lists?: Readonly<Record<string, string>>;
}

/**
 * The TypeScript of some calls: their methods and paths, and every named schema that they lead to.
 * @throws Error for an operation or a kind of schema that is not there
 */
export function typesOfApi(document: OpenApiDocument, { operations, lists = {} }: Wanted): string {
  const found = operations.map((id) => operationOf(document, id));
  const names = namesFrom(document, [...found.map(({ operation }) => operation), { $ref: refTo('Problem') }]);
  const calls = found.map(({ id, method, path }) => `  ${id}: { method: '${method.toUpperCase()}', path: '${path}' },`);
  return [
    '// Generated from /openapi.json by `npm run api:types`. Do not edit: change the schemas of the API instead.\n',
    ...names.map((name) => declarationOf(name, document.components.schemas[name])),
    ...Object.entries(lists).map(([name, at]) => listOf(document, name, at)),
    `export const CALLS = {\n${calls.join('\n')}\n} as const;\n`,
  ].join('\n');
}

function operationOf({ paths }: OpenApiDocument, id: string) {
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === id) return { id, path, method, operation };
  throw new Error(`The document describes no operation ${id}.`);
}

const PREFIX = '#/components/schemas/';
const refTo = (name: string): string => `${PREFIX}${name}`;
const nameIn = (ref: string): string => ref.slice(PREFIX.length);

/** Names of all schemas that these parts of the document refer to, directly or not, in the document's own order. */
function namesFrom({ components }: OpenApiDocument, parts: readonly object[]): string[] {
  const names = new Set<string>();
  const collect = (part: object): void => {
    for (const [, ref = ''] of JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)) {
      const name = nameIn(ref);
      if (names.has(name)) continue;
      names.add(name);
      collect(components.schemas[name] ?? {});
    }
  };
  for (const part of parts) collect(part);
  return Object.keys(components.schemas).filter((name) => names.has(name));
}

function declarationOf(name: string, schema: Schema | undefined): string {
  if (!schema) throw new Error(`The document has no schema ${name}.`);
  if (!schema.properties) return `${comment(schema, '')}export type ${name} = ${typeOf(schema, '')};\n`;
  return `${comment(schema, '')}export interface ${name} ${typeOf(schema, '')}\n`;
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, indent)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `readonly (${typeOf(schema.items ?? {}, indent)})[]`;
    case 'object':
      return objectOf(schema, indent);
    default:
      throw new Error(`No type is known for ${JSON.stringify(schema)}.`);
  }
}

function objectOf({ properties = {}, patternProperties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(schema, inner)}${inner}readonly ${name}${optional}: ${typeOf(schema, inner)};\n`;
  });
  const [others] = Object.values(patternProperties);
  if (others) members.push(`${inner}readonly [name: string]: ${typeOf(others, inner)};\n`);
  return `{\n${members.join('')}${indent}}`;
}

function listOf({ components }: OpenApiDocument, name: string, at: string): string {
  const [schema = '', property = ''] = at.split('.');
  const values = components.schemas[schema]?.properties?.[property]?.enum;
  if (!values) throw new Error(`${at} is no list of values.`);
  return `export const ${name} = [\n${values.map((value) => `  ${literal(value)},\n`).join('')}] as const;\n`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function comment({ description }: Schema, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description} */\n`;
}
