import type { QueueEvent } from '../../domain/events.generated.ts';

/** Turns events into the bytes of the log and back (Confluent wire format: 0, 4-byte schema id, Avro body). */
export interface EventCodec {
  encode(event: QueueEvent): Buffer;

  /**
   * Decodes by the writer's schema, resolved to today's reader.
   *
   * Synchronous for ids already known, which after the first record is all of them; a promise while an id is looked up.
   * @throws UndecodableError for bytes that will never decode (garbage, truncated, another namespace, an id the registry
   *   has denied for 30 s); any other error is transient (registry away) and is to be retried.
   */
  decode(value: Buffer | null): QueueEvent | Promise<QueueEvent>;
}

/** Depends on the bytes alone: decoding them again fails again. */
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
