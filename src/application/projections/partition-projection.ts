import { crc32 } from 'node:zlib';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogPosition, LogTime, Offset } from '../../domain/vocabulary.ts';
import { FatalError } from '../errors.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-feed.port.ts';
import type { PartitionRecord, QueueViewWriter } from '../ports/queue-view.port.ts';
import { positionOf } from '../redrive-headers.ts';
import { ConcertProjection } from './concert-projection.ts';
import { loadPartition } from './load-partition.ts';
import { PassedOver } from './passed-over.ts';
import { type RecordReader, UnreadableRecord } from './record-reader.ts';

/** A call of the view carries about this many changes at most. */
const MOST_UNWRITTEN = 500;

type Checkpoint = Pick<PartitionRecord, 'checkpoint' | 'fingerprint'>;
const START: Checkpoint = { checkpoint: -1, fingerprint: '' };

/** No stored record is known: it is to be written whole. */
const UNKNOWN: Offset = -2;

export interface ProjectionPorts {
  readonly view: QueueViewWriter;
  readonly deadLetters: DeadLetters;
  readonly reader: RecordReader;
  readonly endOffset: (partition: number) => Promise<Offset>;
  /** Told of every dead letter as it is passed over. */
  readonly onDeadLetter: (record: LogRecord, cause: UnreadableRecord) => void;
}

/** Who folds beside it. */
export interface Follower {
  /** At the very moment at which it is folded here. */
  folded(event: QueueEvent, at: LogPosition): void;
}

/** One partition of the log, folded into the queues of its concerts; they live here as long as the process does. */
export class PartitionProjection {
  readonly concerts = new Map<ConcertId, ConcertProjection>();
  /** Concerts that were folded since whoever acts on it looked last. */
  readonly touched = new Set<ConcertProjection>();
  /** Kept in the partition's record for the next owner. */
  vouching: PartitionRecord['vouching'] = null;
  /** What is left out of the fold. */
  readonly passedOver = new PassedOver();
  /** Concerts whose view is not where their memory is. */
  readonly #unwritten = new Set<ConcertProjection>();
  /** Concerts whose last offset is not yet in the partition's record. */
  readonly #unrecorded = new Set<ConcertProjection>();
  /** The partition's record as it was found: what lies at its checkpoint must still be what it names. */
  #found: Checkpoint = START;
  /** Last record that was folded or passed over. */
  #checkpoint: Offset = -1;
  #last: LogRecord | undefined;
  /** All up to here is in the view, or named by `#unrecorded`. Only this may become the stored checkpoint. */
  #flushed: Checkpoint = START;
  /** Checkpoint that the stored record is known to have. */
  #recorded: Offset = UNKNOWN;
  /** Each record leads on from the one before it. */
  #recording: Promise<unknown> = Promise.resolve();
  /** No new queue is shown before this offset is folded. */
  #silentUntil: Offset = -1;
  #stamp: LogTime = 0;
  #follower: Follower | undefined;
  #owned = false;

  constructor(
    readonly partition: number,
    private readonly ports: ProjectionPorts,
  ) {}

  /** Makes memory what the view says, and finds out from where the log is to be read. @throws FatalError when the log is not the one that was projected */
  async load(): Promise<Offset> {
    const end = await this.ports.endOffset(this.partition);
    const deadLetters = await this.ports.deadLetters.of(this.partition);
    const loaded = await loadPartition(this.ports.view, this.partition, this.concerts);
    if (loaded.checkpoint >= end) {
      throw new FatalError(
        `The log of partition ${this.partition} ends at offset ${end}, but ${loaded.checkpoint} was projected: the topic was recreated or truncated`,
      );
    }
    const replay = loaded.readFrom < loaded.checkpoint || !loaded.complete;
    this.passedOver.load(deadLetters, loaded.deadLetters, loaded.checkpoint);
    this.#found = this.#flushed = loaded;
    this.vouching = loaded.vouching;
    this.#recorded = loaded.complete ? loaded.checkpoint : UNKNOWN;
    this.#checkpoint = replay ? loaded.readFrom - 1 : loaded.checkpoint;
    // A replay shows nothing of the past: what it gathers is written when it has reached what there is now.
    this.#silentUntil = replay ? end - 1 : -1;
    this.#last = undefined;
    this.#unwritten.clear();
    this.#unrecorded.clear();
    this.touched.clear();
    this.#owned = true;
    await this.record();
    return loaded.readFrom;
  }

  /** Stops writing. Memory stays: if the partition comes back, only what differs is loaded again. */
  release(): void {
    this.#owned = false;
    this.#follower = undefined;
    for (const concert of this.concerts.values()) concert.abandon();
  }

  /** Tells of every event from now on, until the partition is released. One at a time. */
  follow(follower: Follower): void {
    this.#follower = follower;
  }
  unfollow(follower: Follower): void {
    if (this.#follower === follower) this.#follower = undefined;
  }
  isFollowedBy(follower: Follower): boolean {
    return this.#follower === follower;
  }

  /** A queue that was found in the log and not here. Its view is written whole. */
  add(concert: ConcertProjection): void {
    this.concerts.set(concert.concertId, concert);
    concert.rewrite(undefined, 'wrong');
    this.#unwritten.add(concert);
    this.touched.add(concert);
  }

  get owned(): boolean {
    return this.#owned;
  }
  get checkpoint(): Offset {
    return this.#checkpoint;
  }
  /** Stamp of the last record. */
  get stamp(): LogTime {
    return this.#stamp;
  }
  /** The record beside the heads is complete: no replay is under way. */
  get caughtUp(): boolean {
    return this.#checkpoint >= this.#silentUntil;
  }

  /** Folds records and writes what they changed. Safe to repeat with the same records after a failure. */
  async consume(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      if (record.offset === this.#found.checkpoint) this.#recognise(record);
      if (record.offset <= this.#checkpoint) continue;
      const read = this.#read(record);
      const event = read instanceof Promise ? await read : read;
      const concert = event && this.#fold(event, record);
      this.#last = record;
      this.#checkpoint = record.offset;
      this.#stamp = Math.max(this.#stamp, record.stamp);
      if (!concert) continue;
      this.#unwritten.add(concert);
      this.touched.add(concert);
      if (concert.unwritten >= MOST_UNWRITTEN) await concert.flush(this.#checkpoint);
    }
    await this.flush();
  }

  #recognise(record: LogRecord): void {
    if (fingerprintOf(record) === this.#found.fingerprint) return;
    throw new FatalError(
      `Offset ${record.offset} of partition ${this.partition} does not hold the record that was projected: the topic was recreated`,
    );
  }

  /** @returns undefined for a record that is passed over */
  #read(record: LogRecord): QueueEvent | undefined | Promise<QueueEvent | undefined> {
    if (this.passedOver.names(record)) {
      this.passedOver.add(record);
      return undefined;
    }
    try {
      const event = this.ports.reader.read(record);
      return event instanceof Promise ? event.catch((error: unknown) => this.#passOver(record, error)) : event;
    } catch (error) {
      return this.#passOver(record, error);
    }
  }

  async #passOver(record: LogRecord, error: unknown): Promise<undefined> {
    if (!(error instanceof UnreadableRecord)) throw error;
    await this.flush();
    await this.ports.deadLetters.add(record, error);
    this.passedOver.add(record);
    this.ports.onDeadLetter(record, error);
  }

  #fold(event: QueueEvent, record: LogRecord): ConcertProjection | undefined {
    const at = positionOf(record);
    this.#follower?.folded(event, at);
    const known = this.concerts.get(event.concertId);
    if (known) {
      known.fold(event, at);
      return known;
    }
    // Nothing but its configuration begins a queue: what is said to an unknown concert costs nothing.
    if (event.type !== 'QueueConfigured') return undefined;
    const begun = ConcertProjection.begin(this.ports.view, event, at, this.#silentUntil);
    this.concerts.set(event.concertId, begun);
    return begun;
  }

  /**
   * Writes every concert that is behind its memory, then the partition's record. What is being rewritten is looked at again
   * next time: something may have been folded while its new generation became current.
   */
  async flush(): Promise<void> {
    if (!this.#owned) return;
    const last = this.#last;
    const concerts = [...this.#unwritten];
    await Promise.all(concerts.map((concert) => concert.flush(this.#checkpoint)));
    for (const concert of concerts) {
      this.#unrecorded.add(concert);
      if (concert.settled) this.#unwritten.delete(concert);
    }
    if (last && last.offset > this.#flushed.checkpoint)
      this.#flushed = { checkpoint: last.offset, fingerprint: fingerprintOf(last) };
    await this.record();
  }

  /**
   * Writes how far the partition is; also says that its owner lives. The record names a concert's last offset even while its
   * view is being rewritten: whoever finds a head below it knows that something is missing.
   */
  record(): Promise<void> {
    const recorded = this.#recording.then(() => this.#record());
    this.#recording = recorded.catch(() => undefined); // told to its own caller
    return recorded;
  }

  async #record(): Promise<void> {
    // A replay below what the record already says leaves it alone.
    if (!this.#owned || !this.caughtUp || this.#flushed.checkpoint < this.#found.checkpoint) return;
    const whole = this.#recorded === UNKNOWN;
    const touched = [...this.#unrecorded];
    const { checkpoint, fingerprint } = this.#flushed;
    const record = {
      checkpoint,
      fingerprint,
      vouching: this.vouching,
      concerts: offsetsOf(whole ? this.concerts.values() : touched),
      deadLetters: whole ? this.passedOver.all : this.passedOver.unrecorded,
    };
    const outcome = await this.ports.view.advancePartition(this.partition, record, whole ? 'whole' : this.#recorded);
    if (outcome === 'applied') {
      this.#recorded = Math.max(this.#recorded, record.checkpoint);
      this.passedOver.recorded(record.deadLetters);
      for (const concert of touched)
        if (record.concerts.get(concert.concertId) === concert.queue.offset) this.#unrecorded.delete(concert);
    } else if (outcome === 'lost') {
      this.#recorded = UNKNOWN;
      if (!whole) await this.#record();
    }
    // 'ahead': a newer owner writes; the group will tell us.
  }

  /** The view of some concert is being written whole. */
  get rewriting(): boolean {
    for (const { rewriting } of this.concerts.values()) if (rewriting) return true;
    return false;
  }

  /**
   * Finds what the view has lost in concerts where nothing happens, and begins to write it again.
   * @returns whether nothing was missing
   */
  async mend(): Promise<boolean> {
    const expected = new Map(
      [...this.concerts].flatMap(([concertId, concert]) =>
        concert.settled && !concert.renewing && concert.head ? [[concertId, concert.head]] : [],
      ),
    );
    let whole = true;
    for (const concertId of await this.ports.view.damaged(expected)) {
      const concert = this.concerts.get(concertId);
      // What moved on meanwhile was compared with what it was before.
      const [now, then] = [concert?.head, expected.get(concertId)];
      if (now?.offset !== then?.offset || now?.generation !== then?.generation) continue;
      if (!concert?.settled || concert.renewing || !this.#owned) continue;
      whole = false;
      concert.rewrite();
    }
    return whole;
  }
}

function offsetsOf(concerts: Iterable<ConcertProjection>): Map<ConcertId, Offset> {
  return new Map(Array.from(concerts, ({ concertId, queue }) => [concertId, queue.offset]));
}

/** Identifies a record among those that may stand at its offset. */
function fingerprintOf({ stamp, key, value }: LogRecord): string {
  return `${stamp}-${crc32(value ?? '', crc32(key ?? ''))}`;
}
