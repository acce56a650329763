import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogPosition, LogTime, Offset } from '../../domain/types.ts';
import { FatalError, QueueError } from '../errors.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import { actorOf } from '../event-log/request-context.ts';
import { logTimeOf } from '../event-log/time-corrections.ts';
import type { DeadLetters, TimeCorrections } from '../ports/dead-letters.port.ts';
import { SchemaMismatchError } from '../ports/event-codec.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { type EventReader, UndecodableBatch, UnreadableRecord } from './event-reader.ts';

/** What tools that read the log from its start depend on. */
export interface ReplayPorts {
  readonly log: LogReader;
  readonly deadLetters: DeadLetters;
  readonly reader: EventReader;
}

export interface LoggedEvent {
  readonly event: QueueEvent;
  readonly at: LogPosition;
  /** The timestamp of the record, if a correction gives it another log time. */
  readonly stampedAt?: LogTime | undefined;
  /** The operator who requested it. */
  readonly actor?: string | undefined;
}

/** A record that cannot be decoded and is not a dead letter. A projection beyond it has skipped it without a trace. */
export interface UnreadableLogRecord {
  readonly partition: number;
  readonly offset: Offset;
  readonly code: string;
  readonly message: string;
}

/** The events of one partition from its first record, as the projection folds them: without the dead letters. */
export class PartitionHistory {
  readonly unreadable: UnreadableLogRecord[] = [];
  /** Dead letters skipped so far: offset -> timestamp. */
  readonly skipped = new Map<Offset, LogTime>();
  #deadLetters: ReadonlyMap<Offset, LogTime> = new Map();
  #corrections: TimeCorrections = new Map();

  private constructor(
    readonly partition: number,
    private readonly ports: ReplayPorts,
    private readonly concertId: ConcertId | undefined,
  ) {}

  /**
   * @param concertId read only its events; records with other keys are not decoded
   * @throws FatalError when the log was truncated at the start
   */
  static async open(ports: ReplayPorts, partition: number, concertId?: ConcertId): Promise<PartitionHistory> {
    const start = (await ports.log.starts([partition])).get(partition) ?? 0;
    if (start > 0)
      throw new FatalError(`The log of partition ${partition} begins at offset ${start}: it was truncated`);
    return new PartitionHistory(partition, ports, concertId);
  }

  /** Offset that the next record will get. */
  async end(): Promise<Offset> {
    return (await this.ports.log.ends([this.partition])).get(this.partition) ?? 0;
  }

  /** The events from `from` up to, not including, `to`. */
  async *events(from: Offset, to: Offset): AsyncGenerator<readonly LoggedEvent[]> {
    // Read again for every range: a projector writes its decision before it continues.
    this.#deadLetters = await this.ports.deadLetters.of(this.partition);
    this.#corrections = await this.ports.deadLetters.timeCorrections(this.partition);
    for await (const records of this.ports.log.read(this.partition, from, to)) {
      const events: LoggedEvent[] = [];
      for (const record of records) {
        if (!this.#isRelevant(record) || this.#isSkipped(record)) continue;
        const read = this.ports.reader.readOr(record, (error) => this.#checkUnreadable(record, error));
        const event = read instanceof Promise ? await read : read; // awaiting every event would cost more than the fold
        if (!event) continue;
        const time = logTimeOf(record, this.#corrections);
        const stampedAt = time === record.timestamp ? undefined : record.timestamp;
        events.push({ event, at: positionOf(record, time), stampedAt, actor: actorOf(record.headers) });
      }
      yield events;
    }
  }

  #isRelevant({ key, undecodable }: LogRecord): boolean {
    if (undecodable) return true;
    if (this.concertId === undefined || key === null) return this.concertId === undefined;
    const text = key.toString();
    return text === this.concertId || text.endsWith(`:${this.concertId}`);
  }

  #isSkipped({ offset, timestamp }: LogRecord): boolean {
    const isDeadLetter = this.#deadLetters.get(offset) === timestamp;
    if (isDeadLetter) this.skipped.set(offset, timestamp);
    return isDeadLetter;
  }

  async #checkUnreadable(record: LogRecord, error: unknown): Promise<undefined> {
    if (error instanceof UndecodableBatch || error instanceof SchemaMismatchError) throw error;
    if (!(error instanceof UnreadableRecord)) throw schemasUnavailable(error);
    this.#deadLetters = await this.ports.deadLetters.of(this.partition); // the projector may have added it meanwhile
    if (this.#isSkipped(record)) return;
    const { partition, offset } = record;
    this.unreadable.push({ partition, offset, code: error.code, message: error.message });
  }
}

function schemasUnavailable(cause: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', 'The schemas of the log cannot be read.', { cause });
}
