import type { KnownSchema, SchemaIds } from '../../../application/ports/schema-ids.port.ts';
import type { SchemaIdSource } from './avro-event-codec.ts';
import { loadSchemas, type SchemaFile } from './schema-files.ts';

/** Schema ids in memory. */
export class MemorySchemaIds implements SchemaIds {
  readonly stored = new Map<number, KnownSchema>();

  async load(): Promise<ReadonlyMap<number, KnownSchema>> {
    return new Map(this.stored);
  }

  async add(schemas: readonly KnownSchema[]): Promise<void> {
    for (const schema of schemas) if (!this.stored.has(schema.id)) this.stored.set(schema.id, schema);
  }
}

/** A registry whose ids can change, as after a restore. */
export class RenumberedRegistry implements SchemaIdSource {
  readonly name = 'the registry';
  readonly remedy = 'Restore it.';
  /** Number of schemas that were looked up by id. */
  lookups = 0;
  /** The ids that it gives out now. */
  texts: Map<number, string>;

  constructor(private readonly schemas = loadSchemas()) {
    this.texts = this.#numbered((index) => index + 1);
  }

  restore(): void {
    this.texts = this.#numbered((index) => index + 1);
  }

  /** Every schema has the id of the next one. */
  shift(): void {
    this.texts = this.#numbered((index) => index + 2);
  }

  /** Two records exchange their ids. */
  swap(one: string, other: string): void {
    const [a, b] = [this.idOf(one), this.idOf(other)];
    const [textA = '', textB = ''] = [this.texts.get(a), this.texts.get(b)];
    this.texts.set(a, textB).set(b, textA);
  }

  idOf(record: string): number {
    return [...this.texts].find(([, text]) => text.includes(`"name":"${record}"`))?.[0] ?? -1;
  }

  async registerAll(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>> {
    return new Map(schemas.map(({ record }) => [record, this.idOf(record)]));
  }

  idsOfRegistered(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>> {
    return this.registerAll(schemas);
  }

  async registeredVersions() {
    return [...this.texts].map(([id, text]) => ({ id, text }));
  }

  async schemaOf(id: number) {
    this.lookups += 1;
    const text = this.texts.get(id);
    return text === undefined ? undefined : { type: 'AVRO', text };
  }

  #numbered(idAt: (index: number) => number): Map<number, string> {
    return new Map(this.schemas.map(({ text }, index) => [idAt(index), text]));
  }
}
