import type { QueueAttributes, QueueSnapshot } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, EntryChange, LogTime, Offset, UserId } from '../../domain/types.ts';
import type { VisibilityRecord } from '../../domain/visibility-watermark.ts';

/**
 * The view holds the queue of each concert behind a *head*. The state of a concert is a pure function of fold version and offset,
 * so a write is a compare-and-set on its head: offset and data change together or not at all.
 */

/** The name of one complete copy of a concert's data. Unique to its writer, so that two writers never mix their data. */
export type Generation = string;

/** The version of a concert's view. */
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
  /** Absolute values, the last one for each user and kind. At most about 1,000. */
  readonly changes: readonly EntryChange[];
  readonly attributes: QueueAttributes;
}

export type AdvanceOutcome =
  /** `already`: the same step was written before and its reply was lost. */
  | { readonly is: 'applied' | 'already' }
  /** The stored offset is above `from` and is not `to`, in the same generation and fold version. */
  | { readonly is: 'ahead'; readonly head: ViewHead }
  /** The stored offset is below `from` or missing: the view has lost data. */
  | { readonly is: 'behind'; readonly head: ViewHead | undefined }
  /** Another generation or fold version is current. */
  | { readonly is: 'other'; readonly head: ViewHead };

export type ActivateOutcome =
  | { readonly is: 'activated' }
  | { readonly is: 'incomplete' }
  | { readonly is: 'changed'; readonly head: ViewHead | undefined };

/** What the writer of a partition stores beside its heads. Its offset is at or below those of the heads. */
export interface PartitionCheckpoint {
  /** All records up to and including this offset are folded; -1 before the first. */
  readonly offset: Offset;
  /** Identifies the record at the offset, so that a recreated topic is recognised. Empty while the offset is -1. */
  readonly fingerprint: string;
  /** The owner's visibility record, kept for the next owner; null before the first. */
  readonly visibility: VisibilityRecord | null;
  /** Last folded offset of every configured concert of the partition: complete. */
  readonly concerts: ReadonlyMap<ConcertId, Offset>;
  /** Offset -> timestamp of every skipped record: complete up to the checkpoint and to every head. */
  readonly deadLetters: ReadonlyMap<Offset, LogTime>;
  /**
   * The same for records that are about to be skipped while some head still includes them. Only written: readers treat them as
   * dead letters from now on, and the next owner decides again.
   */
  readonly pendingSkips?: ReadonlyMap<Offset, LogTime>;
}

/** Writes the view; for the owner of a partition. Every call rejects while the view is unavailable, and is safe to repeat. */
export interface QueueViewWriter {
  heads(concertIds: readonly ConcertId[]): Promise<ReadonlyMap<ConcertId, ViewHead>>;
  /** The complete stored state at its head; undefined if there is none, or if it is incomplete. */
  load(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly snapshot: QueueSnapshot } | undefined>;
  advance(step: Advance): Promise<AdvanceOutcome>;

  /**
   * Adds to a generation that is not current yet. Keys of a generation that is never completed expire within an hour. Calls may
   * run concurrently.
   */
  stage(concertId: ConcertId, generation: Generation, changes: readonly EntryChange[]): Promise<void>;
  /**
   * Makes a staged generation current, if the stored head still is `expected` (undefined: missing) and everything staged is
   * still present. Removes the generation that it replaces.
   * @returns `activated`; `changed` with the stored head; `incomplete` when staged data was lost and must be staged again
   */
  activate(step: Omit<Advance, 'from'>, expected: ViewHead | undefined): Promise<ActivateOutcome>;
  /** Resolves if all servers with data of these concerts answer. Does nothing where one server has everything. */
  reach(concertIds: readonly ConcertId[]): Promise<void>;
  /** The concerts whose stored head differs from the given one, or whose stored counts disagree with it. */
  damaged(expected: ReadonlyMap<ConcertId, ViewHead>): Promise<readonly ConcertId[]>;

  partition(partition: number): Promise<PartitionCheckpoint | undefined>;
  /**
   * Advances the partition's checkpoint from `after`: adds the dead letters, and adds or updates the concerts. `whole`: these are
   * all concerts. Stores the writer's name and time. Repeating it is harmless.
   * @returns `ahead`: the stored checkpoint is beyond; `lost`: it is missing or older than `after`, so it may lack concerts
   */
  advancePartition(
    partition: number,
    record: PartitionCheckpoint,
    after: Offset | 'whole',
  ): Promise<'applied' | 'ahead' | 'lost'>;
}
export const QueueViewWriter = Symbol('QueueViewWriter');

/** A user's entry, read atomically. */
export interface EntryView {
  readonly head: ViewHead;
  readonly attributes: Omit<QueueAttributes, 'notice'>;
  readonly entry: Entry | undefined;
  readonly disqualified: boolean;
  /** Waiting entries in front; set while WAITING. */
  readonly rank?: number;
}

/** Reads the view; for any process. Every call rejects with QueueError `PROJECTION_UNAVAILABLE` while the view is unavailable. */
export interface QueueViewReader {
  /** undefined: no head is stored (the concert was never configured, or its view was lost: see `progress`). */
  queue(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly attributes: QueueAttributes } | undefined>;
  /** One round trip. undefined as in `queue`. */
  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined>;
  /** The same for at most 500 users of one concert, in their order, read atomically in one round trip. */
  entries(concertId: ConcertId, userIds: readonly UserId[]): Promise<readonly EntryView[] | undefined>;
  /** The state of the partition's checkpoint; undefined while it is missing, so that the view is incomplete. */
  progress(partition: number, concertId: ConcertId): Promise<PartitionState | undefined>;
  /** Timestamp of the record at this offset if it is skipped as a dead letter, or about to be; undefined if not, or if the checkpoint is missing. */
  deadLetter(partition: number, offset: Offset): Promise<LogTime | undefined>;
  /** Ids of configured concerts of a partition, sorted; undefined while the checkpoint is missing. */
  concerts(partition: number): Promise<readonly ConcertId[] | undefined>;
  /** Resolves if the view answers. */
  ping(): Promise<void>;
}
export const QueueViewReader = Symbol('QueueViewReader');

export interface PartitionState {
  readonly checkpoint: Offset;
  /** Last folded offset of the requested concert; undefined: the checkpoint does not name it. */
  readonly concertOffset: Offset | undefined;
  /** When and by which process the checkpoint was written last, by that process's clock. For display. */
  readonly writtenAt: LogTime;
  readonly owner: string;
}
