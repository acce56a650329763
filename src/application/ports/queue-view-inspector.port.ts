import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, Offset, UserId } from '../../domain/types.ts';
import type { Generation, ViewHead } from './queue-view.port.ts';

/** A part of a concert's view and the head it belongs to, all of it as it was at one moment. */
export interface ViewPart {
  readonly head: ViewHead;
  readonly attributes: QueueAttributes;
  /** How many there are in all. */
  readonly sizes: { readonly entries: number; readonly waiting: number; readonly disqualified: number };
  /** Those of this part; a life that does not decode as the text that is stored. */
  readonly entries: ReadonlyMap<UserId, Entry | string>;
  /** The line as positions are counted: user -> place. */
  readonly waiting: ReadonlyMap<UserId, Offset>;
  readonly disqualified: readonly UserId[];
  /** Where the next part begins; undefined after the last. */
  readonly next: ViewCursor | undefined;
}

/** Where a part begins, within one generation. */
export interface ViewCursor {
  readonly generation: Generation;
  readonly collection: 'entries' | 'waiting' | 'disqualified';
  readonly at: string;
}

/**
 * Reads a view of any size while it is written. A reader that follows `next` to its end has read everything that was stored
 * all the while, each part with the offset it is of; what came or went meanwhile may be missing, or come twice.
 */
export interface QueueViewInspector {
  /**
   * @returns `missing` without a head; `replaced` when the cursor's generation is not current any more: begin anew
   */
  part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'>;
}
