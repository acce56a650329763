import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import { EventReaders, type WrittenReader } from './event-reader.ts';
import type { SchemaFile } from './schema-files.ts';

/** Where the schemas of ids come from. */
export interface SchemaSource {
  /** undefined when the registry says that there is no such id. Rejects while it cannot be asked. */
  schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined>;
}

/** A new id may reach a reader before the registry's own copies agree on it: only a denial that lasts is believed. */
const BELIEVE_AFTER_MS = 30_000;
/** A run of such values asks the registry once in this time. */
const ASK_AGAIN_AFTER_MS = 5_000;
/** A denial that nobody has asked about for so long starts anew: the id may have been given since. */
const FORGET_AFTER_MS = 60_000;
/** Ids come from the bytes of the log, so whoever writes garbage chooses them. */
const MOST_DENIED = 1_000;

interface Denial {
  readonly since: number;
  readonly latest: number;
}

/** The reader of every schema id met so far. An id's schema never changes, so each is asked for once. */
export class WriterSchemas {
  readonly #source: SchemaSource;
  readonly #events: EventReaders;
  readonly #now: () => number;
  readonly #known = new Map<number, WrittenReader>();
  readonly #lookUps = new SingleFlight<number, WrittenReader>();
  readonly #denied = new Map<number, Denial>();

  constructor(source: SchemaSource, schemas: readonly SchemaFile[], now: () => number = () => performance.now()) {
    this.#source = source;
    this.#events = new EventReaders(schemas);
    this.#now = now;
  }

  /** Spares the look-up of a schema that is known already. */
  know(id: number, text: string): void {
    this.#known.set(id, this.#events.readerFor(id, { type: 'AVRO', text }));
  }

  /**
   * A promise only for an id not met before; look-ups of one id are shared.
   * @throws UndecodableError `UNKNOWN_SCHEMA` once the registry has denied the id for 30 s; until then, and while it is away,
   *   another Error: worth a retry
   */
  readerOf(id: number): WrittenReader | Promise<WrittenReader> {
    const known = this.#known.get(id) ?? this.#lookUps.get(id);
    if (known) return known;
    const denial = this.#denied.get(id);
    if (denial && isBelieved(denial) && this.#now() - denial.latest < ASK_AGAIN_AFTER_MS) throw unknownSchema(id);
    return this.#lookUps.run(id, () => this.#lookUp(id));
  }

  async #lookUp(id: number): Promise<WrittenReader> {
    const schema = await this.#source.schemaOf(id);
    if (!schema) throw this.#deny(id);
    this.#denied.delete(id);
    const reader = this.#events.readerFor(id, schema);
    this.#known.set(id, reader);
    return reader;
  }

  #deny(id: number): Error {
    const latest = this.#now();
    const before = this.#denied.get(id);
    const denial = { since: before && latest - before.latest < FORGET_AFTER_MS ? before.since : latest, latest };
    this.#denied.delete(id); // set anew, so that the Map keeps them by latest denial
    this.#denied.set(id, denial);
    const [oldest] = this.#denied.keys();
    if (this.#denied.size > MOST_DENIED && oldest !== undefined) this.#denied.delete(oldest);
    return isBelieved(denial) ? unknownSchema(id) : new Error(`The schema registry does not know schema ${id} yet`);
  }
}

function isBelieved({ since, latest }: Denial): boolean {
  return latest - since >= BELIEVE_AFTER_MS;
}

function unknownSchema(id: number): UndecodableError {
  return new UndecodableError('UNKNOWN_SCHEMA', `The schema registry does not know schema ${id}.`);
}
