import { crc32 } from 'node:zlib';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { VisibilityRecord } from '../../domain/visibility-watermark.ts';
import { Mutex } from '../../lib/mutex.ts';
import { FatalError } from '../errors.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { PartitionCheckpoint, QueueViewWriter } from '../ports/queue-view.port.ts';
import type { ConcertProjection } from './concert-projection.ts';
import type { LoadedPartition } from './load-partition.ts';
import type { SkippedRecords } from './skipped-records.ts';

/** Gives the current visibility record, which is stored for the next owner. */
export type VisibilitySource = () => VisibilityRecord | null;

type CheckpointPosition = Pick<PartitionCheckpoint, 'offset' | 'fingerprint'>;
const INITIAL_POSITION: CheckpointPosition = { offset: -1, fingerprint: '' };

/** The fingerprint of an offset without a record: a transaction marker, or a record of an aborted transaction. */
const NO_RECORD = 'none';

/** Nothing is known about the stored checkpoint: the next one is written in full. */
const UNKNOWN_OFFSET: Offset = -2;

/**
 * Reads and writes the checkpoint of one partition: the projected offset, and the last offset of every concert. The offset of a
 * concert is written even while its view is being rewritten, so a head below that offset shows that view data was lost.
 */
export class CheckpointStore {
  #visibility: VisibilitySource = () => null;
  /** The position that was loaded; the record at its offset must match its fingerprint. */
  #loaded: CheckpointPosition = INITIAL_POSITION;
  /** Everything up to here is in the view, or its concert is in `#unpersisted`. Only this position may be stored. */
  #flushed: CheckpointPosition = INITIAL_POSITION;
  /** Offset of the stored checkpoint, as far as this process knows. */
  #storedOffset: Offset = UNKNOWN_OFFSET;
  /** Concerts whose last offset is not yet in the stored checkpoint. */
  readonly #unpersisted = new Set<ConcertProjection>();
  /** Writes run one at a time: each builds on the previous one. */
  readonly #mutex = new Mutex();

  constructor(
    readonly partition: number,
    private readonly view: QueueViewWriter,
    private readonly concerts: ReadonlyMap<ConcertId, ConcertProjection>,
    private readonly skipped: SkippedRecords,
  ) {}

  /** Continues from the loaded checkpoint. */
  resume({ checkpoint: offset, fingerprint, visibility, found }: LoadedPartition): void {
    this.#loaded = this.#flushed = { offset, fingerprint };
    this.#visibility = () => visibility;
    this.#storedOffset = found ? offset : UNKNOWN_OFFSET;
    this.#unpersisted.clear();
  }

  get visibility(): VisibilityRecord | null {
    return this.#visibility();
  }

  /** See `PartitionProjection.storeVisibilityFrom`. */
  storeVisibilityFrom(source: VisibilitySource): void {
    this.#visibility = source;
  }

  /** @throws FatalError when the record at the checkpoint is not the one that was projected */
  verifyFingerprint(record: LogRecord): void {
    if (record.offset !== this.#loaded.offset || fingerprintOf(record) === this.#loaded.fingerprint) return;
    throw new FatalError(
      `Offset ${record.offset} of partition ${this.partition} does not hold the record that was projected: the topic was recreated`,
    );
  }

  /** The views of these concerts were written, up to and including the record `last`. */
  flushed(concerts: readonly ConcertProjection[], last: LogRecord | undefined): void {
    for (const concert of concerts) this.#unpersisted.add(concert);
    if (last && last.offset > this.#flushed.offset)
      this.#flushed = { offset: last.offset, fingerprint: fingerprintOf(last) };
  }

  /** The views hold everything before this offset, which has no record. */
  passed(offset: Offset): void {
    if (offset > this.#flushed.offset) this.#flushed = { offset, fingerprint: NO_RECORD };
  }

  /**
   * Stores the checkpoint; this is also the owner's heartbeat. A replay below the stored checkpoint writes nothing.
   * @param mayWrite evaluated when all earlier writes have ended
   */
  save(mayWrite: () => boolean): Promise<void> {
    return this.#mutex.runExclusive(() => this.#save(mayWrite));
  }

  /** Adds only the skipped records to the stored checkpoint: for use during a replay. */
  saveSkips(mayWrite: () => boolean): Promise<void> {
    return this.#mutex.runExclusive(() => this.#saveSkips(mayWrite));
  }

  async #saveSkips(mayWrite: () => boolean): Promise<void> {
    if (!mayWrite() || this.#storedOffset !== this.#loaded.offset) return;
    const deadLetters = this.skipped.unpersisted;
    const checkpoint = { ...this.#loaded, visibility: this.visibility, concerts: new Map(), deadLetters };
    const outcome = await this.view.advancePartition(this.partition, checkpoint, this.#storedOffset);
    if (outcome === 'applied') this.skipped.markPersisted(deadLetters);
    else if (outcome === 'lost') this.#storedOffset = UNKNOWN_OFFSET;
  }

  async #save(mayWrite: () => boolean): Promise<void> {
    if (!mayWrite() || this.#flushed.offset < this.#loaded.offset) return;
    const inFull = this.#storedOffset === UNKNOWN_OFFSET;
    const changed = [...this.#unpersisted];
    const checkpoint = {
      ...this.#flushed,
      visibility: this.visibility,
      concerts: offsetsOf(inFull ? this.concerts.values() : changed),
      deadLetters: inFull ? this.skipped.all : this.skipped.unpersisted,
      pendingSkips: new Map(this.skipped.pending),
    };
    const outcome = await this.view.advancePartition(this.partition, checkpoint, inFull ? 'whole' : this.#storedOffset);
    if (outcome === 'applied') {
      this.#storedOffset = Math.max(this.#storedOffset, checkpoint.offset);
      this.skipped.markPersisted(checkpoint.deadLetters);
      for (const concert of changed)
        if (checkpoint.concerts.get(concert.concertId) === concert.queue.offset) this.#unpersisted.delete(concert);
    } else if (outcome === 'lost') {
      this.#storedOffset = UNKNOWN_OFFSET;
      if (!inFull) await this.#save(mayWrite);
    }
    // 'ahead': a newer owner writes; the consumer group will revoke this partition.
  }
}

function offsetsOf(concerts: Iterable<ConcertProjection>): Map<ConcertId, Offset> {
  return new Map(Array.from(concerts, ({ concertId, queue }) => [concertId, queue.offset]));
}

/** Tells apart the records that different topics may have at the same offset. */
function fingerprintOf({ timestamp, key, value }: LogRecord): string {
  return `${timestamp}-${crc32(value ?? '', crc32(key ?? ''))}`;
}
