import type { QueueEvent } from '../../domain/events.generated.ts';
import { QueueError } from '../errors.ts';
import { isConcertId } from '../event-log/identifiers.ts';
import { keyBelongs, partitionOf } from '../event-log/partitioner.ts';
import { SCHEMA } from '../event-log/schema-fingerprint.ts';
import { type EventCodec, UndecodableError } from '../ports/event-codec.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** A record that can never be folded. Depends on its bytes, key and partition alone, never on state or settings. */
export class UnreadableRecord extends Error {
  override name = 'UnreadableRecord';
  constructor(
    readonly code: UndecodableError['code'] | 'WRONG_KEY' | 'WRONG_PARTITION' | 'INVALID_CONCERT',
    message: string,
  ) {
    super(message);
  }
}

/**
 * A batch of records that cannot be decoded. Its records may be acknowledged requests, and another replica may have it intact, so
 * only an operator may skip it (`dlt skip-batch`).
 */
export class UndecodableBatch extends QueueError {
  constructor({ partition, offset, undecodable }: LogRecord) {
    super(
      'LOG_UNAVAILABLE',
      `the batch of partition ${partition} from offset ${undecodable?.firstOffset ?? offset} to ${offset} cannot be decoded: ${undecodable?.reason}`,
    );
    this.name = 'UndecodableBatch';
  }
}

/** Decodes events from records; rejects records that cannot be events of their partition. */
export class EventReader {
  constructor(
    private readonly codec: EventCodec,
    private readonly partitions: number,
  ) {}

  /** Returns a promise only while a schema is fetched. @throws UnreadableRecord, UndecodableBatch, or a transient error */
  read(record: LogRecord): QueueEvent | Promise<QueueEvent> {
    if (record.undecodable) throw new UndecodableBatch(record);
    try {
      const event = this.codec.decode(record.value, record.headers[SCHEMA]);
      if (event instanceof Promise) return event.then((decoded) => this.#checked(decoded, record)).catch(unreadable);
      return this.#checked(event, record);
    } catch (error) {
      return unreadable(error);
    }
  }

  /** The header `schema` of a record that was read; one of an earlier release may lack it. */
  schemaHeader({ value }: LogRecord): Readonly<Record<string, string>> {
    return value === null ? {} : { [SCHEMA]: this.codec.fingerprintOf(value) };
  }

  /** As `read`, but passes every error to `otherwise`. */
  readOr(
    record: LogRecord,
    otherwise: (error: unknown) => Promise<undefined>,
  ): QueueEvent | Promise<QueueEvent | undefined> | undefined {
    try {
      const event = this.read(record);
      return event instanceof Promise ? event.catch(otherwise) : event;
    } catch (error) {
      return otherwise(error);
    }
  }

  #checked(event: QueueEvent, { key, partition }: LogRecord): QueueEvent {
    const { concertId } = event;
    if (event.type === 'QueueConfigured' && !isConcertId(concertId)) {
      throw new UnreadableRecord(
        'INVALID_CONCERT',
        `${JSON.stringify(concertId.slice(0, 100))} is not a valid concertId`,
      );
    }
    if (!keyBelongs(event, key)) throw new UnreadableRecord('WRONG_KEY', 'The key does not belong to the event');
    const expected = partitionOf(concertId, this.partitions);
    if (expected !== partition) {
      throw new UnreadableRecord('WRONG_PARTITION', `The concert belongs to partition ${expected}`);
    }
    return event;
  }
}

function unreadable(error: unknown): never {
  if (error instanceof UndecodableError) throw new UnreadableRecord(error.code, error.message);
  throw error;
}
