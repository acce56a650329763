import avsc from 'avsc';
import { QueueError } from '../../../application/errors.ts';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { loadSchemas, type SchemaFile } from './schema-files.ts';
import { assertWireFormat, HEADER_BYTES, schemaIdOf, writeHeader } from './wire-format.ts';
import { type SchemaSource, WriterSchemas } from './writer-schemas.ts';

/** What the codec needs of a schema registry. */
export interface SchemaIdSource extends SchemaSource {
  /** Record -> id, registering what is missing. */
  registerAll(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>>;
  /** Record -> id, registering nothing. */
  idsOfRegistered(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>>;
}

export interface AvroEventCodecOptions {
  /** False in production, where schemas are registered on purpose, before the release that writes them. */
  readonly registerAtStart: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

interface EventWriter {
  readonly type: avsc.Type;
  readonly id: number;
}

/**
 * The range of longs that come back as they were: what avsc keeps exact in a number. Far beyond every offset and time; a
 * smaller one would come back wrong, a larger one is refused.
 */
export const SMALLEST_LONG = -(2 ** 52);
export const LARGEST_LONG = 2 ** 53 - 2;

/** Encoded events share buffers of this size: one allocation for some hundreds of them. */
const SLAB_BYTES = 65_536;

/** Events to Avro and back. Types are built once and ids are known from the start: nothing is looked up per message. */
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
    this.#readers = new WriterSchemas(registry, this.#schemas, options.now);
  }

  /**
   * Learns the ids of today's schemas. Nothing can be encoded before; decoding works regardless.
   * @throws FatalError for what no retry mends (refused, or in production not registered); any other error is worth a retry
   */
  async start(): Promise<void> {
    const { registerAtStart } = this.#options;
    const ids = await (registerAtStart
      ? this.#registry.registerAll(this.#schemas)
      : this.#registry.idsOfRegistered(this.#schemas));
    for (const { record, text } of this.#schemas) {
      const id = ids.get(record);
      if (id === undefined) throw new Error(`The schema registry gave no id for ${record}`);
      this.#writers.set(record, { type: avsc.Type.forSchema(JSON.parse(text)), id });
      this.#readers.know(id, text);
    }
  }

  /** Whether `start` has succeeded. */
  get ready(): boolean {
    return this.#writers.size === this.#schemas.length;
  }

  /** @throws QueueError `LOG_UNAVAILABLE` before the ids are known; Error for what is no event (a value out of its type's range) */
  encode(event: QueueEvent): Buffer {
    const writer = this.#writers.get(event.type);
    if (!writer) throw new QueueError('LOG_UNAVAILABLE', 'The schemas of the log are not known yet.');
    let end = writer.type.encode(event, this.#slab, this.#used + HEADER_BYTES);
    if (end < 0) {
      const bytes = this.#slab.length - end - this.#used; // avsc gives how much was missing, negated
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
      this.#used = 0;
      end = writer.type.encode(event, this.#slab, HEADER_BYTES);
    }
    const start = this.#used;
    writeHeader(this.#slab, start, writer.id);
    this.#used = end;
    return this.#slab.subarray(start, end);
  }

  decode(value: Buffer | null): QueueEvent | Promise<QueueEvent> {
    assertWireFormat(value);
    const reader = this.#readers.readerOf(schemaIdOf(value));
    return reader instanceof Promise ? reader.then((found) => found.read(value)) : reader.read(value);
  }
}
