import type { QueueEvent } from '../../domain/events.generated.ts';
import { isConcertId } from '../event-log/identifiers.ts';
import { keyBelongs, partitionOf } from '../event-log/partitioner.ts';
import { type EventCodec, UndecodableError } from '../ports/event-codec.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** A record that no reader will ever fold: a function of its bytes, key and partition alone, never of state or settings. */
export class UnreadableRecord extends Error {
  override name = 'UnreadableRecord';
  constructor(
    readonly code: UndecodableError['code'] | 'WRONG_KEY' | 'WRONG_PARTITION' | 'INVALID_CONCERT',
    message: string,
  ) {
    super(message);
  }
}

/** Reads events from records, and refuses those that cannot be events of their partition. */
export class EventReader {
  constructor(
    private readonly codec: EventCodec,
    private readonly partitions: number,
  ) {}

  /** A promise only while a schema is looked up. @throws UnreadableRecord, or a transient error */
  read(record: LogRecord): QueueEvent | Promise<QueueEvent> {
    try {
      const event = this.codec.decode(record.value);
      if (event instanceof Promise) return event.then((it) => this.#checked(it, record)).catch(unreadable);
      return this.#checked(event, record);
    } catch (error) {
      return unreadable(error);
    }
  }

  /** As `read`; what cannot be read is left to `otherwise`. */
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
      throw new UnreadableRecord('INVALID_CONCERT', `${JSON.stringify(concertId.slice(0, 100))} is no concertId`);
    }
    if (!keyBelongs(event, key)) throw new UnreadableRecord('WRONG_KEY', 'The key is not that of the event');
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
