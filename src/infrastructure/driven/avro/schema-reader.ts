import avsc from 'avsc';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { SchemaFile } from './schema-files.ts';
import { HEADER_BYTES } from './wire-format.ts';

/** Reads the values of one writer schema. */
export interface SchemaReader {
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
    if (schema.type !== 'AVRO') return foreignReader(`schema ${schemaId} is of type ${schema.type}`);
    try {
      const writer = avsc.Type.forSchema(JSON.parse(schema.text));
      const reader = this.#types.get(writer.name ?? '');
      if (!reader)
        return foreignReader(
          `schema ${schemaId} is of ${writer.name ?? `a ${writer.typeName}`}, which is not an event`,
        );
      return new AvroReader(reader, reader.createResolver(writer));
    } catch (cause) {
      return foreignReader(`schema ${schemaId} is not compatible with the schema of the event`, cause);
    }
  }
}

class AvroReader implements SchemaReader {
  readonly #type: avsc.Type;
  readonly #resolver: ReturnType<avsc.Type['createResolver']>;
  readonly #event: string;

  constructor(type: avsc.Type, resolver: ReturnType<avsc.Type['createResolver']>) {
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

function foreignReader(problem: string, cause?: unknown): SchemaReader {
  return {
    read() {
      throw new UndecodableError('FOREIGN_RECORD', `The writer ${problem}.`, { cause });
    },
  };
}
