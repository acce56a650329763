import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogPosition, LogTime, Offset } from '../../domain/types.ts';
import { FatalError } from '../errors.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import { SchemaMismatchError } from '../ports/event-codec.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { PartitionCheckpoint } from '../ports/queue-view.port.ts';
import { CheckpointStore, type VisibilitySource } from './checkpoint-store.ts';
import { ConcertProjection } from './concert-projection.ts';
import { UndecodableBatch, UnreadableRecord } from './event-reader.ts';
import { findDamagedViews } from './find-damaged-views.ts';
import { loadPartition } from './load-partition.ts';
import { ProjectionCounters } from './projection-counters.ts';
import type { ProjectionDependencies, ProjectionObserver, ProjectionStep } from './projection-dependencies.ts';
import { type PartitionLag, ProjectionLag } from './projection-lag.ts';
import { RecordTimes } from './record-times.ts';
import { SkippedRecords } from './skipped-records.ts';
import { TimeCheck } from './time-check.ts';

/** Approximate maximum of changes per write to the view. */
const MAX_PENDING_CHANGES = 500;

/** Projects one partition of the log: folds its records into the queues of its concerts, and writes their views. */
export class PartitionProjection {
  readonly concerts = new Map<ConcertId, ConcertProjection>();
  /** Concerts that changed since admission last processed them. Admission removes them. */
  readonly changedConcerts = new Set<ConcertProjection>();
  readonly counters = new ProjectionCounters();
  readonly skipped = new SkippedRecords();
  readonly times = new RecordTimes();
  readonly #timeCheck: TimeCheck | undefined;
  /** Concerts whose view is behind memory. */
  readonly #outOfSync = new Set<ConcertProjection>();
  readonly #checkpoints: CheckpointStore;
  /** Offset of the last record that was folded or skipped, or of a transaction marker after it. */
  #checkpoint: Offset = -1;
  #lastRecord: LogRecord | undefined;
  /** During a replay, new queues are not written before this offset is folded. */
  #deferredUntil: Offset = -1;
  #timestamp: LogTime = 0;
  #observer: ProjectionObserver | undefined;
  #owned = false;
  #currentStep: ProjectionStep = 'log';
  readonly #lag = new ProjectionLag();

  constructor(
    readonly partition: number,
    private readonly dependencies: ProjectionDependencies,
  ) {
    const { timeCheck } = dependencies;
    this.#timeCheck = timeCheck && new TimeCheck(partition, timeCheck);
    this.#checkpoints = new CheckpointStore(partition, dependencies.view, this.concerts, this.skipped);
  }

  /**
   * Loads the queues and the checkpoint from the view.
   * @returns the offset to read the log from
   * @throws FatalError when the log is not the one that was projected
   */
  async load(): Promise<Offset> {
    this.#currentStep = 'dead letters';
    const deadLetters = await this.dependencies.deadLetters.of(this.partition);
    const corrections = await this.dependencies.deadLetters.timeCorrections(this.partition);
    this.#currentStep = 'view';
    const loaded = await loadPartition(this.dependencies.view, this.partition, this.concerts);
    this.#currentStep = 'log'; // read after the view: the former owner may write until its partition is revoked
    const end = await this.dependencies.endOffset(this.partition);
    if (loaded.checkpoint >= end) {
      throw new FatalError(
        `The log of partition ${this.partition} ends at offset ${end}, but ${loaded.checkpoint} was projected: the topic was recreated or truncated`,
      );
    }
    const replay = loaded.readFrom < loaded.checkpoint || !loaded.found;
    this.skipped.load(deadLetters, loaded.deadLetters, loaded.checkpoint);
    this.times.load(corrections, loaded.checkpoint);
    this.#checkpoints.resume(loaded);
    this.#checkpoint = replay ? loaded.readFrom - 1 : loaded.checkpoint;
    this.#lag.resume(this.#checkpoint);
    // A replay must not show readers an older state: its changes are written once it has reached the current end.
    this.#deferredUntil = replay ? end - 1 : -1;
    this.#lastRecord = undefined;
    this.#outOfSync.clear();
    this.changedConcerts.clear();
    this.#owned = true;
    await this.saveCheckpoint();
    return loaded.readFrom;
  }

  /** Stops writing. Keeps the queues in memory, so that a later `load` fetches only those that differ. */
  release(): void {
    this.#owned = false;
    this.#observer = undefined;
    for (const concert of this.concerts.values()) concert.stopWriting();
  }

  /** Sets the one observer of folded events; `release` removes it. */
  observe(observer: ProjectionObserver): void {
    this.#observer = observer;
  }
  stopObserving(observer: ProjectionObserver): void {
    if (this.#observer === observer) this.#observer = undefined;
  }
  isObservedBy(observer: ProjectionObserver): boolean {
    return this.#observer === observer;
  }

  /** Adds a queue that was missing from memory, and writes its view in full. */
  addRestored(concert: ConcertProjection): void {
    this.concerts.set(concert.concertId, concert);
    concert.rewrite(undefined, 'older-or-equal');
    this.#outOfSync.add(concert);
    this.changedConcerts.add(concert);
  }

  /** The visibility record of the checkpoint: after `load`, that of the former owner. */
  get visibility(): PartitionCheckpoint['visibility'] {
    return this.#checkpoints.visibility;
  }

  /** From here on, until the next `load`, every stored checkpoint has the current record of this source. */
  storeVisibilityFrom(source: VisibilitySource): void {
    this.#checkpoints.storeVisibilityFrom(source);
  }

  get owned(): boolean {
    return this.#owned;
  }
  get checkpoint(): Offset {
    return this.#checkpoint;
  }
  get currentStep(): ProjectionStep {
    return this.#currentStep;
  }
  updateLogEnd(end: Offset): void {
    this.#lag.updateLogEnd(end);
  }
  get lag(): PartitionLag {
    return this.#lag.at(this.#checkpoint);
  }
  /** Log time of the last record. */
  get timestamp(): LogTime {
    return this.#timestamp;
  }
  /** No replay is in progress: the stored checkpoint names every concert. */
  get caughtUp(): boolean {
    return this.#checkpoint >= this.#deferredUntil;
  }

  /** Folds records and writes their changes. Safe to repeat with the same records after a failure. */
  consume(records: readonly LogRecord[]): Promise<void> {
    const { tracing } = this.dependencies;
    return tracing ? tracing.projecting(records, () => this.#consume(records)) : this.#consume(records);
  }

  async #consume(records: readonly LogRecord[]): Promise<void> {
    if (this.#timeCheck?.isSuspect(records, this.#checkpoint, this.#logTimeOf)) await this.#correctTimes(records);
    for (const record of records) {
      this.#checkpoints.verifyFingerprint(record);
      if (record.offset <= this.#checkpoint) continue;
      const read = this.#read(record);
      const event = read instanceof Promise ? await read : read; // awaiting every event would cost more than the fold
      const time = this.times.logTimeOf(record);
      const concert = event && this.#fold(event, positionOf(record, time));
      if (event) this.dependencies.onRecordFolded?.(record, event);
      this.#lastRecord = record;
      this.#checkpoint = record.offset;
      this.#timestamp = Math.max(this.#timestamp, time);
      if (!concert) continue;
      this.#outOfSync.add(concert);
      this.changedConcerts.add(concert);
      if (concert.pendingChanges < MAX_PENDING_CHANGES) continue;
      this.#currentStep = 'view';
      await concert.flush(this.#checkpoint);
    }
    this.#currentStep = 'view';
    await this.flush();
    this.counters.events += records.length;
  }

  readonly #logTimeOf = (record: LogRecord): LogTime => this.times.logTimeOf(record);

  /** Stores the corrections of the records whose timestamps run ahead. They count as read back: another owner may have been first. */
  async #correctTimes(records: readonly LogRecord[]): Promise<void> {
    this.#currentStep = 'log';
    const unfolded = records.filter(({ offset }) => offset > this.#checkpoint);
    const before = Math.max(this.#timestamp, this.#latestQueueTime());
    const corrections = (await this.#timeCheck?.corrections(unfolded, before, this.#logTimeOf)) ?? [];
    if (corrections.length === 0) return;
    this.#currentStep = 'dead letters';
    const { deadLetters } = this.dependencies;
    await deadLetters.correctTimes(this.partition, corrections);
    this.times.merge(await deadLetters.timeCorrections(this.partition), this.#checkpoint);
    this.#timeCheck?.report(unfolded, corrections);
  }

  #latestQueueTime(): LogTime {
    let latest = 0;
    for (const { queue } of this.concerts.values()) latest = Math.max(latest, queue.time);
    return latest;
  }

  /** Queues were folded again with corrected times: the log time of the partition may be earlier. */
  resetTimestamp(): void {
    this.#timestamp = this.#latestQueueTime();
  }

  /** No offset before `next` that was not consumed has a record. Safe to repeat. */
  async pass(next: Offset): Promise<void> {
    if (next - 1 <= this.#checkpoint) return;
    this.#checkpoint = next - 1;
    this.#lastRecord = undefined;
    this.#checkpoints.passed(this.#checkpoint);
    this.#currentStep = 'view';
    await this.flush();
  }

  /** @returns undefined for a record that is skipped */
  #read(record: LogRecord): QueueEvent | undefined | Promise<QueueEvent | undefined> {
    if (this.skipped.isDeadLetter(record)) return this.#skip(record);
    if (this.#currentStep !== 'schema ids') this.#currentStep = 'schemas'; // a retry does not change the reported step
    return this.dependencies.reader.readOr(record, (error) => this.#addDeadLetter(record, error));
  }

  async #addDeadLetter(record: LogRecord, error: unknown): Promise<undefined> {
    if (error instanceof UndecodableBatch) return this.#skipOnRequest(record, error);
    this.#currentStep = error instanceof SchemaMismatchError ? 'schema ids' : 'schemas';
    if (!(error instanceof UnreadableRecord)) throw error;
    this.#currentStep = 'view';
    await this.flush();
    this.#currentStep = 'dead letters';
    await this.dependencies.deadLetters.add(record, error).catch((reason: unknown) => {
      this.dependencies.onDeadLetterFailed?.(record, error, reason);
      throw new Error(`the dead letter of offset ${record.offset} cannot be written: ${String(reason)}`);
    });
    this.dependencies.onDeadLetter(record, error);
    return this.#skip(record);
  }

  /** The operator's command writes the dead letter. */
  async #skipOnRequest(record: LogRecord, error: UndecodableBatch): Promise<undefined> {
    this.#currentStep = 'dead letters';
    this.skipped.mergeDeadLetters(await this.dependencies.deadLetters.of(this.partition), this.#checkpoint);
    this.#currentStep = 'log';
    if (!this.skipped.isDeadLetter(record)) throw error;
    return this.#skip(record);
  }

  async #skip(record: LogRecord): Promise<undefined> {
    this.skipped.markSkipped(record);
    await this.#persistSkips();
  }

  /** Call before folding a later record; otherwise readers report the skipped request as LEFT. */
  async #persistSkips(): Promise<void> {
    if (this.skipped.unpersisted.size === 0) return;
    this.#currentStep = 'view';
    await (this.caughtUp ? this.saveCheckpoint() : this.#checkpoints.saveSkips(() => this.#owned));
  }

  #fold(event: QueueEvent, at: LogPosition): ConcertProjection | undefined {
    this.#observer?.onEventFolded(event, at);
    const existing = this.concerts.get(event.concertId);
    if (existing) {
      this.counters.add(existing.fold(event, at), !this.caughtUp);
      return existing;
    }
    // Only a configuration creates a queue; other events of an unknown concert use no memory.
    if (event.type !== 'QueueConfigured') return undefined;
    const created = ConcertProjection.begin(this.dependencies.view, event, at, this.#deferredUntil);
    this.concerts.set(event.concertId, created);
    return created;
  }

  /**
   * Writes every concert whose view is behind, then the checkpoint. A concert that is being rewritten stays in the set: events may
   * be folded while its new generation is activated.
   */
  async flush(): Promise<void> {
    if (!this.#owned) return;
    await this.#persistSkips(); // skips of a replay that had no checkpoint to add them to
    const last = this.#lastRecord;
    const folded = this.#checkpoint;
    const concerts = [...this.#outOfSync];
    await Promise.all(concerts.map((concert) => concert.flush(this.#checkpoint)));
    for (const concert of concerts) if (concert.inSync) this.#outOfSync.delete(concert);
    this.#checkpoints.flushed(concerts, last);
    await this.saveCheckpoint();
    if (folded >= 0 && !concerts.some(({ rewriting }) => rewriting)) this.#lag.advance(folded, this.#timestamp);
  }

  /** Stores the checkpoint; this is also the owner's heartbeat. Does nothing during a replay. */
  saveCheckpoint(): Promise<void> {
    return this.#checkpoints.save(() => this.#owned && this.caughtUp);
  }

  /** Whether the view of any concert is being rewritten. */
  get rewriting(): boolean {
    for (const { rewriting } of this.concerts.values()) if (rewriting) return true;
    return false;
  }

  /**
   * Finds views that have lost data although no event reveals it, and starts to rewrite them.
   * @returns whether every view was intact
   */
  async repair(): Promise<boolean> {
    const damaged = await findDamagedViews(this.dependencies.view, this.concerts);
    if (!this.#owned) return true;
    for (const concert of damaged) concert.rewrite();
    this.counters.repairs += damaged.length;
    return damaged.length === 0;
  }
}
