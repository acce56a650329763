import type { QueueAttributes, QueueSnapshot } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, EntryChange, LogTime, Offset, UserId } from '../../domain/types.ts';
import type { VisibilityRecord } from '../../domain/visibility-watermark.ts';

/**
 * The derived queues, one per concert, each behind a *head*. The state of a concert is a pure function of (fold version,
 * offset), so a write is a compare-and-set on its head: offset and data move together, or not at all.
 */

/** Names one complete copy of a concert's data. Unique to its writer, so that two writers never mix. */
export type Generation = string;

/** Where the view of a concert stands. */
export interface ViewHead {
  readonly generation: Generation;
  readonly foldVersion: number;
  /** Offset of the concert's last folded record. */
  readonly offset: Offset;
}

/** One step of the view from an offset to a later one. */
export interface Advance {
  readonly concertId: ConcertId;
  readonly generation: Generation;
  readonly foldVersion: number;
  readonly from: Offset;
  readonly to: Offset;
  /** Absolute; the last one per user and kind. At most about 1,000. */
  readonly changes: readonly EntryChange[];
  readonly attributes: QueueAttributes;
}

export type AdvanceOutcome =
  /** `already`: the same step had been written before (a lost reply). */
  | { readonly is: 'applied' | 'already' }
  /** Stored is beyond `from` (and not `to`), in the same generation and fold version. */
  | { readonly is: 'ahead'; readonly head: ViewHead }
  /** Stored is below `from` or missing: something was lost. */
  | { readonly is: 'behind'; readonly head: ViewHead | undefined }
  /** Another generation or fold version is current. */
  | { readonly is: 'other'; readonly head: ViewHead };

export type ActivateOutcome =
  | { readonly is: 'activated' }
  | { readonly is: 'incomplete' }
  | { readonly is: 'changed'; readonly head: ViewHead | undefined };

/** What the writer of a partition keeps beside its heads. Its checkpoint is at or below what the heads hold. */
export interface PartitionCheckpoint {
  /** All records up to and including this offset are folded; -1 before the first. */
  readonly offset: Offset;
  /** Identity of the record at the checkpoint: shows a topic that was recreated. Empty while checkpoint is -1. */
  readonly fingerprint: string;
  /** The owner's visibility record, kept for the next owner; null before the first. */
  readonly visibility: VisibilityRecord | null;
  /** Last folded offset of every configured concert of the partition: complete. */
  readonly concerts: ReadonlyMap<ConcertId, Offset>;
  /** Offset -> stamp of every record that is left out of what the heads hold: complete up to the checkpoint and to every head. */
  readonly deadLetters: ReadonlyMap<Offset, LogTime>;
  /**
   * The same of records that some head still holds and is about to leave out. Only ever written: readers take them for dead
   * letters from now on, while the next owner must find out anew whether the head came to that.
   */
  readonly pendingSkips?: ReadonlyMap<Offset, LogTime>;
}

/** The writing side: the owner of a partition. Every call rejects while the view is away, and is safe to repeat. */
export interface QueueViewWriter {
  heads(concertIds: readonly ConcertId[]): Promise<ReadonlyMap<ConcertId, ViewHead>>;
  /** The whole stored state at its head, or undefined if there is none or it is not whole (counts disagree). */
  load(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly snapshot: QueueSnapshot } | undefined>;
  advance(step: Advance): Promise<AdvanceOutcome>;

  /**
   * Adds to a generation that is not current yet. Keys of one that is never completed vanish by themselves within an hour. What
   * may be put in any order may be staged side by side.
   */
  stage(concertId: ConcertId, generation: Generation, changes: readonly EntryChange[]): Promise<void>;
  /**
   * Makes a staged generation current, if the stored head still is `expected` (undefined: missing) and everything staged is
   * still there; removes the one it replaces.
   * @returns `flipped`; `changed` with the head found instead; `incomplete` when staged data was lost (stage anew).
   */
  activate(step: Omit<Advance, 'from'>, expected: ViewHead | undefined): Promise<ActivateOutcome>;
  /** Resolves if all who hold these concerts answer. Where one holds everything, any other call has shown that already. */
  reach(concertIds: readonly ConcertId[]): Promise<void>;
  /** Of these, the concerts whose stored head is not exactly as given, or whose stored counts disagree with it. */
  damaged(expected: ReadonlyMap<ConcertId, ViewHead>): Promise<readonly ConcertId[]>;

  partition(partition: number): Promise<PartitionCheckpoint | undefined>;
  /**
   * Moves the partition's record forward from the checkpoint `after`, adding the given dead letters and adding or updating the
   * given concerts; `whole`: they are all there are. `ahead`: the stored checkpoint is beyond. `lost`: the record is missing, or older than `after`, so that it may
   * lack concerts. Stamps it with the writer's name and time. Repeating it is harmless.
   */
  advancePartition(
    partition: number,
    record: PartitionCheckpoint,
    after: Offset | 'whole',
  ): Promise<'applied' | 'ahead' | 'lost'>;
}
export const QueueViewWriter = Symbol('QueueViewWriter');

/** One consistent look at a user's place. */
export interface EntryView {
  readonly head: ViewHead;
  readonly attributes: QueueAttributes;
  readonly entry: Entry | undefined;
  readonly disqualified: boolean;
  /** Waiting entries in front; set while WAITING. */
  readonly rank?: number;
}

/** The reading side: any process. Every call rejects with QueueError `PROJECTION_UNAVAILABLE` while the view is away. */
export interface QueueViewReader {
  /** undefined: no head is stored (the concert was never configured, or its view was lost: ask `knows`). */
  queue(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly attributes: QueueAttributes } | undefined>;
  /** One round trip. undefined as in `queue`. */
  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined>;
  /** The same for at most 500 users of one concert, in their order: one round trip, one head, one look. */
  entries(concertId: ConcertId, userIds: readonly UserId[]): Promise<readonly EntryView[] | undefined>;
  /** What the partition's record says; undefined while it is missing (an incomplete view). */
  progress(partition: number, concertId: ConcertId): Promise<PartitionState | undefined>;
  /** Stamp of the record at this offset if it is passed over as a dead letter, or about to be; undefined if not, or the record is missing. */
  deadLetter(partition: number, offset: Offset): Promise<LogTime | undefined>;
  /** Ids of configured concerts of a partition, sorted; undefined while the record is missing. */
  concerts(partition: number): Promise<readonly ConcertId[] | undefined>;
  /** Resolves if the view answers. */
  ping(): Promise<void>;
}
export const QueueViewReader = Symbol('QueueViewReader');

export interface PartitionState {
  readonly checkpoint: Offset;
  /** Last folded offset of the concert that was asked for; undefined: the record does not name it. */
  readonly concertOffset: Offset | undefined;
  /** When and by whom the record was last written (the writer's own clock: for display). */
  readonly writtenAt: LogTime;
  readonly owner: string;
}
