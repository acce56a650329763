import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import type { SchemaFile } from './schema-files.ts';
import { type SchemaReader, SchemaReaders } from './schema-reader.ts';

/** Looks up schemas by id. */
export interface SchemaSource {
  /** undefined if the registry has no such id. Rejects while the registry is unavailable. */
  schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined>;
}

/** A new id may reach a reader before every node of the registry has it, so an id is unknown only after this time. */
const UNKNOWN_AFTER_MS = 30_000;
/** Interval of lookups of an unknown id. */
const LOOKUP_INTERVAL_MS = 5_000;
/** After this time without a lookup, the missing id starts anew: it may have been assigned. */
const FORGET_AFTER_MS = 60_000;
/** Ids come from bytes of the log, which may be garbage. */
const MAX_MISSING = 1_000;

interface MissingId {
  readonly since: number;
  readonly latest: number;
}

/** The readers by schema id. The schema of an id never changes, so each is looked up once. */
export class WriterSchemas {
  readonly #source: SchemaSource;
  readonly #readers: SchemaReaders;
  readonly #now: () => number;
  readonly #known = new Map<number, SchemaReader>();
  readonly #lookups = new SingleFlight<number, SchemaReader>();
  readonly #missing = new Map<number, MissingId>();

  constructor(source: SchemaSource, schemas: readonly SchemaFile[], now: () => number = () => performance.now()) {
    this.#source = source;
    this.#readers = new SchemaReaders(schemas);
    this.#now = now;
  }

  /** Adds a known schema, which needs no lookup. */
  add(id: number, text: string): void {
    this.#known.set(id, this.#readers.readerFor(id, { type: 'AVRO', text }));
  }

  /**
   * A promise only for a new id; concurrent calls share one lookup.
   * @throws UndecodableError `UNKNOWN_SCHEMA` if the registry has not known the id for 30 s; before that, and while the registry
   *   is unavailable, another Error, which is worth a retry
   */
  readerOf(id: number): SchemaReader | Promise<SchemaReader> {
    const known = this.#known.get(id) ?? this.#lookups.get(id);
    if (known) return known;
    const missing = this.#missing.get(id);
    if (missing && isUnknown(missing) && this.#now() - missing.latest < LOOKUP_INTERVAL_MS) throw unknownSchema(id);
    return this.#lookups.run(id, () => this.#lookUp(id));
  }

  async #lookUp(id: number): Promise<SchemaReader> {
    const schema = await this.#source.schemaOf(id);
    if (!schema) throw this.#recordMissing(id);
    this.#missing.delete(id);
    const reader = this.#readers.readerFor(id, schema);
    this.#known.set(id, reader);
    return reader;
  }

  #recordMissing(id: number): Error {
    const latest = this.#now();
    const previous = this.#missing.get(id);
    const missing = { since: previous && latest - previous.latest < FORGET_AFTER_MS ? previous.since : latest, latest };
    this.#missing.delete(id); // inserted again, so that the Map is ordered by `latest`
    this.#missing.set(id, missing);
    const [oldest] = this.#missing.keys();
    if (this.#missing.size > MAX_MISSING && oldest !== undefined) this.#missing.delete(oldest);
    return isUnknown(missing) ? unknownSchema(id) : new Error(`The schema registry does not know schema ${id} yet`);
  }
}

function isUnknown({ since, latest }: MissingId): boolean {
  return latest - since >= UNKNOWN_AFTER_MS;
}

function unknownSchema(id: number): UndecodableError {
  return new UndecodableError('UNKNOWN_SCHEMA', `The schema registry does not know schema ${id}.`);
}
