import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogPosition, LogTime, Offset } from '../../domain/types.ts';
import { FatalError, QueueError } from '../errors.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import { actorOf } from '../event-log/request-context.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { type EventReader, UnreadableRecord } from './event-reader.ts';

/** What every tool of replay reads. */
export interface ReplayPorts {
  readonly log: LogReader;
  readonly deadLetters: DeadLetters;
  readonly reader: EventReader;
}

export interface LoggedEvent {
  readonly event: QueueEvent;
  readonly at: LogPosition;
  /** The operator whose act it was. */
  readonly actor?: string | undefined;
}

/** A record that cannot be read although no dead letter names it: whoever folded on beyond it has skipped it silently. */
export interface UnreadableLogRecord {
  readonly partition: number;
  readonly offset: Offset;
  readonly code: string;
  readonly message: string;
}

/** The events of one partition from its first record, as the projection folds them: what the dead letters name is left out. */
export class PartitionHistory {
  readonly unaccounted: UnreadableLogRecord[] = [];
  /** What was left out so far, being named by dead letters: offset -> stamp. */
  readonly leftOut = new Map<Offset, LogTime>();
  #dead: ReadonlyMap<Offset, LogTime> = new Map();

  private constructor(
    readonly partition: number,
    private readonly ports: ReplayPorts,
    private readonly concertId: ConcertId | undefined,
  ) {}

  /**
   * @param concertId only its events; records with other keys are not even decoded
   * @throws FatalError when the log has lost its beginning
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

  /** From `from` up to, not including, `to`. */
  async *events(from: Offset, to: Offset): AsyncGenerator<readonly LoggedEvent[]> {
    // Anew each time: what a projector passes over is in the dead letters before it goes on.
    this.#dead = await this.ports.deadLetters.of(this.partition);
    for await (const records of this.ports.log.read(this.partition, from, to)) {
      const events: LoggedEvent[] = [];
      for (const record of records) {
        if (!this.#concerns(record) || this.#isDead(record)) continue;
        const read = this.ports.reader.readOr(record, (error) => this.#passOver(record, error));
        const event = read instanceof Promise ? await read : read; // a promise for each would take longer than the fold
        if (event) events.push({ event, at: positionOf(record), actor: actorOf(record.headers) });
      }
      yield events;
    }
  }

  #concerns({ key }: LogRecord): boolean {
    if (this.concertId === undefined || key === null) return this.concertId === undefined;
    const text = key.toString();
    return text === this.concertId || text.endsWith(`:${this.concertId}`);
  }

  #isDead({ offset, timestamp }: LogRecord): boolean {
    const isDead = this.#dead.get(offset) === timestamp;
    if (isDead) this.leftOut.set(offset, timestamp);
    return isDead;
  }

  async #passOver(record: LogRecord, error: unknown): Promise<undefined> {
    if (!(error instanceof UnreadableRecord)) throw schemasAway(error);
    this.#dead = await this.ports.deadLetters.of(this.partition); // it may have become one meanwhile
    if (this.#isDead(record)) return;
    const { partition, offset } = record;
    this.unaccounted.push({ partition, offset, code: error.code, message: error.message });
  }
}

function schemasAway(cause: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', 'The schemas of the log cannot be read.', { cause });
}
