import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, Offset, UserId } from '../../domain/types.ts';
import type { Generation, ViewHead } from './queue-view.port.ts';

/** A part of a concert's view and its head, read atomically. */
export interface ViewPart {
  readonly head: ViewHead;
  readonly attributes: QueueAttributes;
  /** Total numbers. */
  readonly sizes: { readonly entries: number; readonly waiting: number; readonly disqualified: number };
  /** Entries of this part; one that cannot be decoded is the stored text. */
  readonly entries: ReadonlyMap<UserId, Entry | string>;
  /** The waiting entries, as positions are counted: user -> place. */
  readonly waiting: ReadonlyMap<UserId, Offset>;
  readonly disqualified: readonly UserId[];
  /** Begin of the next part; undefined after the last. */
  readonly next: ViewCursor | undefined;
}

/** Begin of a part within one generation. */
export interface ViewCursor {
  readonly generation: Generation;
  readonly collection: 'entries' | 'waiting' | 'disqualified';
  readonly at: string;
}

/**
 * Reads a view of any size while it is written. A reader that follows `next` to the end has read everything that was stored
 * throughout, each part with its own offset. What was added or removed meanwhile may be missing or appear twice.
 */
export interface QueueViewInspector {
  /**
   * @returns `missing` without a head; `replaced` when the cursor's generation is no longer current: start again
   */
  part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'>;
}
