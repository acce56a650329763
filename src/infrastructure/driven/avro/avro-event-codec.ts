import avsc from 'avsc';
import { FatalError, QueueError } from '../../../application/errors.ts';
import { type EventCodec, SchemaMismatchError } from '../../../application/ports/event-codec.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { SchemaIds } from '../../../application/ports/schema-ids.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { loadSchemas, type SchemaFile } from './schema-files.ts';
import { assertWireFormat, HEADER_BYTES, schemaIdOf, writeHeader } from './wire-format.ts';
import { type RegisteredSchema, type SchemaSource, WriterSchemas } from './writer-schemas.ts';

/** The part of a schema registry that the codec uses. */
export interface SchemaIdSource extends SchemaSource {
  /** Ids by record. Registers missing schemas. */
  registerAll(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>>;
  /** Ids by record. Registers nothing. */
  idsOfRegistered(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>>;
  /** All registered versions of these records. */
  registeredVersions(schemas: readonly SchemaFile[]): Promise<readonly RegisteredSchema[]>;
}

export interface AvroEventCodecOptions {
  /** False in production: operators register schemas before the release that writes them. */
  readonly registerAtStart: boolean;
  /** Stored beside the log. Without them, no id is compared. */
  readonly ids?: SchemaIds;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

interface EventWriter {
  readonly type: avsc.Type;
  readonly id: number;
}

/** The longs that avsc encodes exactly in a number. A smaller one would decode to a wrong value; avsc rejects a larger one. */
export const MIN_EXACT_LONG = -(2 ** 52);
export const MAX_EXACT_LONG = 2 ** 53 - 2;

/** Encoded events share buffers of this size, so that some hundreds of them need one allocation. */
const SLAB_BYTES = 65_536;

/** Encodes and decodes events. Builds the types once and loads the schema ids at start, so that no message needs a lookup. */
export class AvroEventCodec implements EventCodec {
  readonly #registry: SchemaIdSource;
  readonly #options: AvroEventCodecOptions;
  readonly #schemas = loadSchemas();
  readonly #readers: WriterSchemas;
  readonly #writers = new Map<string, EventWriter>();
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  constructor(registry: SchemaIdSource, options: AvroEventCodecOptions) {
    this.#registry = registry;
    this.#options = options;
    this.#readers = new WriterSchemas(registry, this.#schemas, options.ids, options.now);
  }

  /**
   * Compares the stored ids with the registry, then loads the ids of the current schemas. Encoding requires it, decoding does not.
   * @throws FatalError if the registry has other ids, rejects a schema, or in production does not have it; any other error is worth
   *   a retry
   */
  async start(): Promise<void> {
    const { registerAtStart } = this.#options;
    const stored = await this.#readers.verify().catch(asFatal);
    const ids = await (registerAtStart
      ? this.#registry.registerAll(this.#schemas)
      : this.#registry.idsOfRegistered(this.#schemas));
    const current = this.#schemas.map(({ record, text }) => {
      const id = ids.get(record);
      if (id === undefined) throw new Error(`The schema registry returned no id for ${record}`);
      return { record, text, id };
    });
    await this.#readers.trust(current, stored, () => this.#registry.registeredVersions(this.#schemas)).catch(asFatal);
    for (const { record, text, id } of current)
      this.#writers.set(record, { type: avsc.Type.forSchema(JSON.parse(text)), id });
  }

  /** Compares the stored ids with the registry. @throws FatalError if the registry has other ids; any other error is worth a retry */
  async verifyIds(): Promise<void> {
    await this.#readers.verify().catch(asFatal);
  }

  /** Whether `start` has succeeded. */
  get ready(): boolean {
    return this.#writers.size === this.#schemas.length;
  }

  /** @throws QueueError `LOG_UNAVAILABLE` before the ids are loaded; Error for a value out of the range of its type */
  encode(event: QueueEvent): Buffer {
    const writer = this.#writers.get(event.type);
    if (!writer) throw new QueueError('LOG_UNAVAILABLE', 'The schemas of the log are not loaded yet.');
    let end = writer.type.encode(event, this.#slab, this.#used + HEADER_BYTES);
    if (end < 0) {
      const bytes = this.#slab.length - end - this.#used; // avsc returns the number of missing bytes, negated
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
      this.#used = 0;
      end = writer.type.encode(event, this.#slab, HEADER_BYTES);
    }
    const start = this.#used;
    writeHeader(this.#slab, start, writer.id);
    this.#used = end;
    return this.#slab.subarray(start, end);
  }

  fingerprintOf(value: Buffer): string {
    return this.#readers.fingerprintOf(schemaIdOf(value));
  }

  decode(value: Buffer | null, schema?: LogRecord['headers'][string]): QueueEvent | Promise<QueueEvent> {
    assertWireFormat(value);
    const reader = this.#readers.readerOf(schemaIdOf(value), schema);
    return reader instanceof Promise ? reader.then((found) => found.read(value)) : reader.read(value);
  }
}

/** No restart helps while the registry has other ids. */
function asFatal(error: unknown): never {
  throw error instanceof SchemaMismatchError ? new FatalError(error.message, { cause: error }) : error;
}
