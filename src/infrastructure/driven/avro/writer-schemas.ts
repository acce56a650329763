import { schemaFingerprint } from '../../../application/event-log/schema-fingerprint.ts';
import { SchemaMismatchError } from '../../../application/ports/event-codec.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { KnownSchema, SchemaIds } from '../../../application/ports/schema-ids.port.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import type { SchemaFile } from './schema-files.ts';
import { type SchemaReader, SchemaReaders } from './schema-reader.ts';
import { UnknownIds } from './unknown-ids.ts';

/** Looks up schemas by id. */
export interface SchemaSource {
  /** For messages: `the schema registry at http://…`. */
  readonly name: string;
  /** What an operator does when its ids are not those of the log: a sentence. */
  readonly remedy: string;
  /** undefined if the registry has no such id. Rejects while the registry is unavailable. */
  schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined>;
}

/** An Avro schema with the id that the registry gave it. */
export interface RegisteredSchema {
  readonly id: number;
  readonly text: string;
}

/**
 * The readers by schema id. Whenever an id is new to this process, all ids that are stored beside the log are compared with the
 * registry first. A registry that gives another schema for any of them decides nothing.
 */
export class WriterSchemas {
  readonly #source: SchemaSource;
  readonly #ids: SchemaIds | undefined;
  readonly #readers: SchemaReaders;
  readonly #known = new Map<number, SchemaReader>();
  readonly #lookups = new SingleFlight<string, SchemaReader>();
  readonly #verifications = new SingleFlight<'all', ReadonlyMap<number, KnownSchema>>();
  readonly #missing: UnknownIds;
  #storesFirstSightings = false;

  /** @param ids undefined: no ids are stored, and none are compared */
  constructor(
    source: SchemaSource,
    schemas: readonly SchemaFile[],
    ids: SchemaIds | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#source = source;
    this.#ids = ids;
    this.#readers = new SchemaReaders(schemas);
    this.#missing = new UnknownIds(now);
  }

  /**
   * A promise only for a new id, or for one that the record contradicts; concurrent calls share one lookup.
   * @param header the header `schema` of the record
   * @throws UndecodableError `UNKNOWN_SCHEMA` if the right registry has not known the id for 30 s; SchemaMismatchError; any other
   *   Error is worth a retry, too
   */
  readerOf(id: number, header: LogRecord['headers'][string]): SchemaReader | Promise<SchemaReader> {
    const known = this.#known.get(id);
    if (known && (header === undefined || known.isNamedBy(header))) return known;
    const fingerprint = schemaFingerprint(header);
    if (fingerprint === undefined) {
      if (known) return known; // a header of another program
      const unknown = this.#missing.unknown(id);
      if (unknown) throw unknown;
    }
    return this.#lookups.run(`${id} ${fingerprint ?? ''}`, () => this.#lookUp(id, fingerprint));
  }

  /** The fingerprint of a schema that was added or looked up. */
  fingerprintOf(id: number): string {
    const { fingerprint } = this.#known.get(id) ?? {};
    if (fingerprint === undefined) throw new RangeError(`no value with schema ${id} was encoded or decoded`);
    return fingerprint;
  }

  /**
   * Compares all stored ids with the registry.
   * @returns the stored ids
   * @throws SchemaMismatchError; another Error while the registry or the stored ids cannot be read
   */
  verify(): Promise<ReadonlyMap<number, KnownSchema>> {
    return this.#verifications.run('all', async () => {
      const stored = (await this.#ids?.load()) ?? new Map<number, KnownSchema>();
      const given = await Promise.all([...stored.keys()].map((id) => this.#fetch(id)));
      for (const [index, known] of [...stored.values()].entries()) {
        const reader = given[index];
        if (reader?.fingerprint !== known.fingerprint) throw this.#mismatch(known.id, known.subject, reader);
        this.#known.set(known.id, reader);
      }
      return stored;
    });
  }

  /**
   * Accepts the ids of the current schemas and, from now on, every id that is seen for the first time. Stores those that are not
   * stored yet, with the ids of all other registered versions.
   * @throws SchemaMismatchError
   */
  async trust(
    current: readonly RegisteredSchema[],
    stored: ReadonlyMap<number, KnownSchema>,
    otherVersions: () => Promise<readonly RegisteredSchema[]>,
  ): Promise<void> {
    for (const schema of current) {
      const reader = this.#readers.readerFor(schema.id, { type: 'AVRO', text: schema.text });
      const known = stored.get(schema.id);
      if (known && known.fingerprint !== reader.fingerprint) throw this.#mismatch(known.id, known.subject, reader);
      this.#known.set(schema.id, reader);
    }
    if (this.#ids && current.some(({ id }) => !stored.has(id))) {
      await this.#store([...current, ...(await otherVersions())].filter(({ id }) => !stored.has(id)));
      await this.verify(); // another process may have stored other ids
    }
    this.#storesFirstSightings = true;
  }

  async #lookUp(id: number, fingerprint: string | undefined): Promise<SchemaReader> {
    const isStored = (await this.verify()).has(id);
    const reader = isStored ? this.#known.get(id) : await this.#fetch(id);
    if (fingerprint !== undefined && reader?.fingerprint !== fingerprint)
      throw this.#mismatch(id, `a record whose header names ${fingerprint}`, reader);
    if (!reader) throw this.#missing.record(id);
    if (isStored) return reader;
    this.#missing.delete(id);
    if (this.#storesFirstSightings) await this.#add([[id, reader]]);
    this.#known.set(id, reader);
    return reader;
  }

  async #fetch(id: number): Promise<SchemaReader | undefined> {
    const schema = await this.#source.schemaOf(id);
    return schema && this.#readers.readerFor(id, schema);
  }

  #store(schemas: readonly RegisteredSchema[]): Promise<void> {
    return this.#add(schemas.map(({ id, text }) => [id, this.#readers.readerFor(id, { type: 'AVRO', text })]));
  }

  /** Schemas of other records are not stored: the registry may have thousands. */
  async #add(readers: readonly (readonly [id: number, reader: SchemaReader])[]): Promise<void> {
    const added = new Map<number, KnownSchema>();
    for (const [id, { isEvent, name, fingerprint }] of readers)
      if (isEvent && fingerprint !== undefined) added.set(id, { id, subject: name, fingerprint });
    if (added.size > 0) await this.#ids?.add([...added.values()]);
  }

  #mismatch(id: number, wrote: string, given: SchemaReader | undefined): SchemaMismatchError {
    const { name, remedy } = this.#source;
    const schema = given ? `${given.name} (${given.fingerprint ?? 'not Avro'})` : 'no schema';
    return new SchemaMismatchError(`schema id ${id} wrote ${wrote}, but ${name} gives ${schema} for it. ${remedy}`);
  }
}
