import type { QueueEvent } from '../../domain/events.generated.ts';
import { QueueError } from '../errors.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Encodes and decodes the events of the log (Confluent wire format: 0, 4-byte schema id, Avro body). */
export interface EventCodec {
  encode(event: QueueEvent): Buffer;

  /** The fingerprint of the schema that wrote a value, for the header `schema`. @param value that this codec has encoded or decoded */
  fingerprintOf(value: Buffer): string;

  /**
   * Decodes with the writer's schema, resolved to the current reader schema.
   *
   * Synchronous for known schema ids; a promise while an id is read from the registry.
   * @param schema the header `schema` of the record, if it has one
   * @throws SchemaMismatchError while the registry gives another schema for the id than the header or the first sighting of the id
   * @throws UndecodableError for bytes that can never be decoded: malformed, truncated, of another namespace, or with an id that the
   *   registry has not known for 30 s. Any other error is transient, for example an unavailable registry.
   */
  decode(value: Buffer | null, schema?: LogRecord['headers'][string]): QueueEvent | Promise<QueueEvent>;
}

/**
 * The schema of an id is not the one that the record was written with, so the bytes could be read as another event. Says nothing
 * about the record: it can be read when the right registry is back.
 */
export class SchemaMismatchError extends QueueError {
  override name = 'SchemaMismatchError';
  constructor(message: string) {
    super('LOG_UNAVAILABLE', message);
  }
}

/** Depends on the bytes alone: decoding them again fails in the same way. */
export class UndecodableError extends Error {
  override name = 'UndecodableError';
  constructor(
    /** Kept in the dead letter's header, e.g. `UNKNOWN_SCHEMA`. */
    readonly code: 'NOT_WIRE_FORMAT' | 'UNKNOWN_SCHEMA' | 'FOREIGN_RECORD' | 'MALFORMED_BODY',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
