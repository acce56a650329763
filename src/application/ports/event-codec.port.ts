import type { QueueEvent } from '../../domain/events.generated.ts';

/** Encodes and decodes the events of the log (Confluent wire format: 0, 4-byte schema id, Avro body). */
export interface EventCodec {
  encode(event: QueueEvent): Buffer;

  /**
   * Decodes with the writer's schema, resolved to the current reader schema.
   *
   * Synchronous for known schema ids; a promise while an id is read from the registry.
   * @throws UndecodableError for bytes that can never be decoded: malformed, truncated, of another namespace, or with an id that the
   *   registry has not known for 30 s. Any other error is transient, for example an unavailable registry.
   */
  decode(value: Buffer | null): QueueEvent | Promise<QueueEvent>;
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
