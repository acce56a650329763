import avsc from 'avsc';
import { UndecodableError } from '../../../application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { SchemaFile } from './schema-files.ts';
import { HEADER_BYTES } from './wire-format.ts';

/** Reads the values that were written with one schema. */
export interface WrittenReader {
  /** @param value in wire format. @throws UndecodableError */
  read(value: Buffer): QueueEvent;
}

/** Today's readers of all events: each reads whatever compatible schema a value was written with. */
export class EventReaders {
  readonly #types: ReadonlyMap<string, avsc.Type>;

  constructor(schemas: readonly SchemaFile[]) {
    this.#types = new Map(schemas.map(({ subject, text }) => [subject, eventType(text)]));
  }

  /** A reader for the given writer's schema. One that is no event's gives a reader that refuses every value. */
  readerFor(schemaId: number, schema: { readonly type: string; readonly text: string }): WrittenReader {
    if (schema.type !== 'AVRO') return foreign(`schema ${schemaId} is of type ${schema.type}`);
    try {
      const writer = avsc.Type.forSchema(JSON.parse(schema.text));
      const reader = this.#types.get(writer.name ?? '');
      if (!reader)
        return foreign(`schema ${schemaId} is of ${writer.name ?? `a ${writer.typeName}`}, which is no event`);
      return new EventReader(reader, reader.createResolver(writer));
    } catch (cause) {
      return foreign(`schema ${schemaId} cannot be read by any event's schema`, cause);
    }
  }
}

class EventReader implements WrittenReader {
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
      offset < 0 ? 'ends early' : offset < buffer.length ? 'has bytes left over' : 'holds a number out of range';
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

/** Logical types are left alone: a time stays the number it is. */
function eventType(text: string): avsc.Type {
  return avsc.Type.forSchema(JSON.parse(text), { omitRecordMethods: true });
}

function foreign(problem: string, cause?: unknown): WrittenReader {
  return {
    read() {
      throw new UndecodableError('FOREIGN_RECORD', `The value's ${problem}.`, { cause });
    },
  };
}
