import { crc32 } from 'node:zlib';
import type { ConcertId, Offset } from '../../domain/types.ts';
import { Mutex } from '../../lib/mutex.ts';
import { FatalError } from '../errors.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { PartitionCheckpoint, QueueViewWriter } from '../ports/queue-view.port.ts';
import type { ConcertProjection } from './concert-projection.ts';
import type { LoadedPartition } from './load-partition.ts';
import type { SkippedRecords } from './skipped-records.ts';

type Checkpoint = Pick<PartitionCheckpoint, 'checkpoint' | 'fingerprint'>;
const START: Checkpoint = { checkpoint: -1, fingerprint: '' };

/** No stored record is known: it is to be written whole. */
const UNKNOWN: Offset = -2;

/**
 * The partition's record beside the heads: how far all of it is, and what every concert's last offset was. It names that offset
 * even while the concert's view is being rewritten: whoever finds a head below it knows that something is missing.
 */
export class CheckpointStore {
  /** Kept for the next owner. */
  visibility: PartitionCheckpoint['visibility'] = null;
  /** The record as it was found: what lies at its checkpoint must still be what it names. */
  #found: Checkpoint = START;
  /** All up to here is in the view, or named by `#unrecorded`. Only this may become the stored checkpoint. */
  #flushed: Checkpoint = START;
  /** Checkpoint that the stored record is known to have. */
  #recorded: Offset = UNKNOWN;
  /** Concerts whose last offset is not yet in it. */
  readonly #unrecorded = new Set<ConcertProjection>();
  /** Each record leads on from the one before it. */
  readonly #turns = new Mutex();

  constructor(
    readonly partition: number,
    private readonly view: QueueViewWriter,
    private readonly concerts: ReadonlyMap<ConcertId, ConcertProjection>,
    private readonly passedOver: SkippedRecords,
  ) {}

  /** Goes on from what was found. */
  resume({ checkpoint, fingerprint, visibility, complete }: LoadedPartition): void {
    this.#found = this.#flushed = { checkpoint, fingerprint };
    this.visibility = visibility;
    this.#recorded = complete ? checkpoint : UNKNOWN;
    this.#unrecorded.clear();
  }

  /** @throws FatalError when the record at the checkpoint is not the one that was projected */
  verifyFingerprint(record: LogRecord): void {
    if (record.offset !== this.#found.checkpoint || fingerprintOf(record) === this.#found.fingerprint) return;
    throw new FatalError(
      `Offset ${record.offset} of partition ${this.partition} does not hold the record that was projected: the topic was recreated`,
    );
  }

  /** The view of these was written, up to what `last` led to. */
  flushed(concerts: readonly ConcertProjection[], last: LogRecord | undefined): void {
    for (const concert of concerts) this.#unrecorded.add(concert);
    if (last && last.offset > this.#flushed.checkpoint)
      this.#flushed = { checkpoint: last.offset, fingerprint: fingerprintOf(last) };
  }

  /**
   * Writes it; also says that the owner lives. A replay below what the stored one already says leaves that alone.
   * @param mayWrite asked when its turn comes
   */
  write(mayWrite: () => boolean): Promise<void> {
    return this.#turns.runExclusive(() => this.#write(mayWrite));
  }

  /** Adds what is passed over to the record that was found, and leaves the rest of it alone: for a replay. */
  mark(mayWrite: () => boolean): Promise<void> {
    return this.#turns.runExclusive(() => this.#mark(mayWrite));
  }

  async #mark(mayWrite: () => boolean): Promise<void> {
    if (!mayWrite() || this.#recorded !== this.#found.checkpoint) return;
    const deadLetters = this.passedOver.unrecorded;
    const record = { ...this.#found, visibility: this.visibility, concerts: new Map(), deadLetters };
    const outcome = await this.view.advancePartition(this.partition, record, this.#recorded);
    if (outcome === 'applied') this.passedOver.recorded(deadLetters);
    else if (outcome === 'lost') this.#recorded = UNKNOWN;
  }

  async #write(mayWrite: () => boolean): Promise<void> {
    if (!mayWrite() || this.#flushed.checkpoint < this.#found.checkpoint) return;
    const whole = this.#recorded === UNKNOWN;
    const touched = [...this.#unrecorded];
    const record = {
      ...this.#flushed,
      visibility: this.visibility,
      concerts: offsetsOf(whole ? this.concerts.values() : touched),
      deadLetters: whole ? this.passedOver.all : this.passedOver.unrecorded,
      announced: new Map(this.passedOver.announced),
    };
    const outcome = await this.view.advancePartition(this.partition, record, whole ? 'whole' : this.#recorded);
    if (outcome === 'applied') {
      this.#recorded = Math.max(this.#recorded, record.checkpoint);
      this.passedOver.recorded(record.deadLetters);
      for (const concert of touched)
        if (record.concerts.get(concert.concertId) === concert.queue.offset) this.#unrecorded.delete(concert);
    } else if (outcome === 'lost') {
      this.#recorded = UNKNOWN;
      if (!whole) await this.#write(mayWrite);
    }
    // 'ahead': a newer owner writes; the group will tell us.
  }
}

function offsetsOf(concerts: Iterable<ConcertProjection>): Map<ConcertId, Offset> {
  return new Map(Array.from(concerts, ({ concertId, queue }) => [concertId, queue.offset]));
}

/** Identifies a record among those that may stand at its offset. */
function fingerprintOf({ timestamp, key, value }: LogRecord): string {
  return `${timestamp}-${crc32(value ?? '', crc32(key ?? ''))}`;
}
