import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { FatalError } from '../errors.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { PartitionCheckpoint } from '../ports/queue-view.port.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { ConcertProjection } from './concert-projection.ts';
import { UnreadableRecord } from './event-reader.ts';
import { findDamagedViews } from './find-damaged-views.ts';
import { loadPartition } from './load-partition.ts';
import { ProjectionCounters } from './projection-counters.ts';
import type { ProjectionDependencies, ProjectionObserver, Step } from './projection-dependencies.ts';
import { type Lag, ProjectionLag } from './projection-lag.ts';
import { SkippedRecords } from './skipped-records.ts';

/** A call of the view carries about this many changes at most. */
const MOST_UNWRITTEN = 500;

/** One partition of the log, folded into the queues of its concerts; they live here as long as the process does. */
export class PartitionProjection {
  readonly concerts = new Map<ConcertId, ConcertProjection>();
  /** Concerts that were folded since whoever acts on it looked last. */
  readonly touched = new Set<ConcertProjection>();
  /** What came of the folding. */
  readonly tally = new ProjectionCounters();
  /** What is left out of the fold. */
  readonly skipped = new SkippedRecords();
  /** Concerts whose view is not where their memory is. */
  readonly #unwritten = new Set<ConcertProjection>();
  readonly #recording: CheckpointStore;
  /** Last record that was folded or passed over. */
  #checkpoint: Offset = -1;
  #last: LogRecord | undefined;
  /** No new queue is shown before this offset is folded. */
  #silentUntil: Offset = -1;
  #timestamp: LogTime = 0;
  #follower: ProjectionObserver | undefined;
  #owned = false;
  #step: Step = 'log';
  readonly #lag = new ProjectionLag();

  constructor(
    readonly partition: number,
    private readonly ports: ProjectionDependencies,
  ) {
    this.#recording = new CheckpointStore(partition, ports.view, this.concerts, this.skipped);
  }

  /** Makes memory what the view says, and finds out from where the log is to be read. @throws FatalError when the log is not the one that was projected */
  async load(): Promise<Offset> {
    this.#step = 'dead letters';
    const deadLetters = await this.ports.deadLetters.of(this.partition);
    this.#step = 'view';
    const loaded = await loadPartition(this.ports.view, this.partition, this.concerts);
    this.#step = 'log'; // after the view: an owner that is being replaced may go on until it hears of it
    const end = await this.ports.endOffset(this.partition);
    if (loaded.checkpoint >= end) {
      throw new FatalError(
        `The log of partition ${this.partition} ends at offset ${end}, but ${loaded.checkpoint} was projected: the topic was recreated or truncated`,
      );
    }
    const replay = loaded.readFrom < loaded.checkpoint || !loaded.complete;
    this.skipped.load(deadLetters, loaded.deadLetters, loaded.checkpoint);
    this.#recording.resume(loaded);
    this.#checkpoint = replay ? loaded.readFrom - 1 : loaded.checkpoint;
    this.#lag.resume(this.#checkpoint);
    // A replay shows nothing of the past: what it gathers is written when it has reached what there is now.
    this.#silentUntil = replay ? end - 1 : -1;
    this.#last = undefined;
    this.#unwritten.clear();
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
  follow(follower: ProjectionObserver): void {
    this.#follower = follower;
  }
  unfollow(follower: ProjectionObserver): void {
    if (this.#follower === follower) this.#follower = undefined;
  }
  isFollowedBy(follower: ProjectionObserver): boolean {
    return this.#follower === follower;
  }

  /** A queue that was found in the log and not here. Its view is written whole. */
  add(concert: ConcertProjection): void {
    this.concerts.set(concert.concertId, concert);
    concert.rewrite(undefined, 'wrong');
    this.#unwritten.add(concert);
    this.touched.add(concert);
  }

  /** What the owner vouches for: kept in the partition's record for the next one. */
  get visibility(): PartitionCheckpoint['visibility'] {
    return this.#recording.visibility;
  }
  set visibility(visibility: PartitionCheckpoint['visibility']) {
    this.#recording.visibility = visibility;
  }

  get owned(): boolean {
    return this.#owned;
  }
  get checkpoint(): Offset {
    return this.#checkpoint;
  }
  get step(): Step {
    return this.#step;
  }
  sawEnd(end: Offset): void {
    this.#lag.sawEnd(end);
  }
  get lag(): Lag {
    return this.#lag.at(this.#checkpoint);
  }
  /** Stamp of the last record. */
  get timestamp(): LogTime {
    return this.#timestamp;
  }
  /** The record beside the heads is complete: no replay is under way. */
  get caughtUp(): boolean {
    return this.#checkpoint >= this.#silentUntil;
  }

  /** Folds records and writes what they changed. Safe to repeat with the same records after a failure. */
  consume(records: readonly LogRecord[]): Promise<void> {
    const { tracing } = this.ports;
    return tracing ? tracing.projecting(records, () => this.#consume(records)) : this.#consume(records);
  }

  async #consume(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      this.#recording.verifyFingerprint(record);
      if (record.offset <= this.#checkpoint) continue;
      const read = this.#read(record);
      const event = read instanceof Promise ? await read : read; // a promise for each would take longer than the fold
      const concert = event && this.#fold(event, record);
      if (event) this.ports.onFolded?.(record, event);
      this.#last = record;
      this.#checkpoint = record.offset;
      this.#timestamp = Math.max(this.#timestamp, record.timestamp);
      if (!concert) continue;
      this.#unwritten.add(concert);
      this.touched.add(concert);
      if (concert.unwritten < MOST_UNWRITTEN) continue;
      this.#step = 'view';
      await concert.flush(this.#checkpoint);
    }
    this.#step = 'view';
    await this.flush();
    this.tally.events += records.length;
  }

  /** @returns undefined for a record that is passed over */
  #read(record: LogRecord): QueueEvent | undefined | Promise<QueueEvent | undefined> {
    if (this.skipped.names(record)) return this.#leaveOut(record);
    this.#step = 'schemas';
    return this.ports.reader.readOr(record, (error) => this.#passOver(record, error));
  }

  async #passOver(record: LogRecord, error: unknown): Promise<undefined> {
    if (!(error instanceof UnreadableRecord)) throw error;
    this.#step = 'view';
    await this.flush();
    this.#step = 'dead letters';
    await this.ports.deadLetters.add(record, error).catch((reason: unknown) => {
      this.ports.onUnwritable?.(record, error, reason);
      throw new Error(`the dead letter of offset ${record.offset} cannot be written: ${String(reason)}`);
    });
    this.ports.onDeadLetter(record, error);
    return this.#leaveOut(record);
  }

  async #leaveOut(record: LogRecord): Promise<undefined> {
    this.skipped.add(record);
    await this.#mark();
  }

  /** Before anything later is folded: whoever sees a head beyond a dead letter that is not marked takes its request for gone. */
  async #mark(): Promise<void> {
    if (this.skipped.unrecorded.size === 0) return;
    this.#step = 'view';
    await (this.caughtUp ? this.record() : this.#recording.mark(() => this.#owned));
  }

  #fold(event: QueueEvent, record: LogRecord): ConcertProjection | undefined {
    const at = positionOf(record);
    this.#follower?.folded(event, at);
    const known = this.concerts.get(event.concertId);
    if (known) {
      this.tally.add(known.fold(event, at), this.caughtUp);
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
    await this.#mark(); // where there was no record yet
    const last = this.#last;
    const concerts = [...this.#unwritten];
    await Promise.all(concerts.map((concert) => concert.flush(this.#checkpoint)));
    for (const concert of concerts) if (concert.settled) this.#unwritten.delete(concert);
    this.#recording.flushed(concerts, last);
    await this.record();
    if (last && !concerts.some(({ rewriting }) => rewriting)) this.#lag.shows(last.offset, last.timestamp);
  }

  /** Writes how far the partition is; also says that its owner lives. */
  record(): Promise<void> {
    return this.#recording.write(() => this.#owned && this.caughtUp);
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
    const lost = await findDamagedViews(this.ports.view, this.concerts);
    if (!this.#owned) return true;
    for (const concert of lost) concert.rewrite();
    this.tally.repairs += lost.length;
    return lost.length === 0;
  }
}
