import avsc from 'avsc';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { SchemaFile } from './schema-files.ts';
import { HEADER_BYTES } from './wire-format.ts';

/** One writer schema, and the reader of its values. */
export interface SchemaReader {
  /** Full name of the schema. */
  readonly name: string;
  /** SHA-256 of the Avro parsing canonical form, in hexadecimal; undefined if it is not an Avro schema. */
  readonly fingerprint: string | undefined;
  /** Whether values can be read. If not, `read` throws for each. */
  readonly isEvent: boolean;
  /** Whether the header `schema` of a record names this schema. */
  isNamedBy(header: Buffer | string): boolean;
  /** @param value with the wire format header. @throws UndecodableError */
  read(value: Buffer): QueueEvent;
}

/** Creates a reader for every compatible writer schema of an event. */
export class SchemaReaders {
  readonly #types: ReadonlyMap<string, avsc.Type>;

  constructor(schemas: readonly SchemaFile[]) {
    this.#types = new Map(schemas.map(({ subject, text }) => [subject, eventType(text)]));
  }

  /** If the writer schema is not of an event, the reader throws for every value. */
  readerFor(schemaId: number, schema: { readonly type: string; readonly text: string }): SchemaReader {
    if (schema.type !== 'AVRO') return new ForeignReader(undefined, `schema ${schemaId} is of type ${schema.type}`);
    let writer: avsc.Type | undefined;
    try {
      writer = avsc.Type.forSchema(JSON.parse(schema.text));
      const reader = this.#types.get(writer.name ?? '');
      if (!reader) {
        const name = writer.name ?? `a ${writer.typeName}`;
        return new ForeignReader(writer, `schema ${schemaId} is of ${name}, which is not an event`);
      }
      return new AvroReader(writer, reader, reader.createResolver(writer));
    } catch (cause) {
      const problem = `schema ${schemaId} is not compatible with the schema of the event`;
      return new ForeignReader(writer, problem, cause);
    }
  }
}

/** A writer schema. Docs, defaults and the layout of its text do not change the fingerprint. */
class WriterSchema {
  readonly name: string;
  readonly fingerprint: string | undefined;
  readonly #header: Buffer;

  constructor(writer: avsc.Type | undefined) {
    this.name = writer?.name ?? writer?.typeName ?? 'another schema';
    this.fingerprint = writer?.fingerprint('sha256').toString('hex'); // avsc hashes the parsing canonical form
    this.#header = Buffer.from(this.fingerprint ?? '');
  }

  isNamedBy(header: Buffer | string): boolean {
    return typeof header === 'string' ? header === this.fingerprint : this.#header.equals(header);
  }
}

class AvroReader extends WriterSchema implements SchemaReader {
  readonly isEvent = true;
  readonly #type: avsc.Type;
  readonly #resolver: ReturnType<avsc.Type['createResolver']>;
  readonly #event: string;

  constructor(writer: avsc.Type, type: avsc.Type, resolver: ReturnType<avsc.Type['createResolver']>) {
    super(writer);
    this.#type = type;
    this.#resolver = resolver;
    this.#event = (type.name ?? '').replace(/^.*\./, '');
  }

  read(buffer: Buffer): QueueEvent {
    const { value, offset } = this.#decode(buffer);
    if (offset === buffer.length && this.#type.isValid(value)) return { type: this.#event, ...value } as QueueEvent;
    const problem =
      offset < 0 ? 'ends early' : offset < buffer.length ? 'has extra bytes' : 'has a number out of range';
    throw this.#malformed(problem);
  }

  #decode(buffer: Buffer): { readonly value: object; readonly offset: number } {
    try {
      return this.#type.decode(buffer, HEADER_BYTES, this.#resolver);
    } catch (cause) {
      throw this.#malformed(cause instanceof Error ? `does not decode: ${cause.message}` : 'does not decode', cause);
    }
  }

  #malformed(problem: string, cause?: unknown): UndecodableError {
    return new UndecodableError('MALFORMED_BODY', `The body of this ${this.#event} ${problem}.`, { cause });
  }
}

/** Without logical types: a time stays a number. */
function eventType(text: string): avsc.Type {
  return avsc.Type.forSchema(JSON.parse(text), { omitRecordMethods: true });
}

class ForeignReader extends WriterSchema implements SchemaReader {
  readonly isEvent = false;

  constructor(
    writer: avsc.Type | undefined,
    private readonly problem: string,
    private readonly cause?: unknown,
  ) {
    super(writer);
  }

  read(): never {
    throw new UndecodableError('FOREIGN_RECORD', `The writer ${this.problem}.`, { cause: this.cause });
  }
}
