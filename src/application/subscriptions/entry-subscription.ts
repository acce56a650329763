import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { Offset } from '../../domain/types.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import { type EntryDocument, TERMINAL_STATES } from '../queries/get-my-entry.query.ts';

/** Why nothing more comes: the last word was said; this process stops; too many follow this entry, and others came later. */
export type SubscriptionEnd = 'over' | 'stopping' | 'replaced';

/** Whoever wants to know how an entry fares. Neither call may throw, or wait. */
export interface EntrySubscriber {
  /** The entry as it is now: first at once, then on each change. Never older than what was told before. */
  tell(entry: EntryDocument): void;
  end(reason: SubscriptionEnd): void;
}

/** Positions are told at most this often. */
const POSITION_EVERY_MS = 1_000;

/** One follower of one entry: what was told, and when it is worth looking again. */
export class EntrySubscription {
  #told: EntryDocument | undefined;
  /** Offset of the newest look. */
  #seen: Offset | undefined;
  /** Monotonic milliseconds. */
  #positionDue = 0;

  /** @param since what the follower knows is as of this offset: nothing older is told, nor that again */
  constructor(
    readonly token: EntryClaims,
    private since: Offset | undefined,
    readonly follower: EntrySubscriber,
  ) {}

  /** Whether the follower says it knows what happened after this offset, before anything was told here. */
  isAheadOf(head: Offset): boolean {
    return !this.#told && this.since !== undefined && this.since > head;
  }

  /** The log holds nothing from this offset on: a follower cannot know of it. */
  knowsNothingFrom(end: Offset): void {
    if (this.since !== undefined && this.since >= end) this.since = undefined;
  }

  /** Whether a look at this offset might have something to tell now. */
  wantsLook(head: Offset, attributes: QueueAttributes, now: number): boolean {
    if (head <= this.#floor) return this.#told === undefined && head === this.since;
    return now >= this.#positionDue || this.#mayHaveChangedState(head, attributes);
  }

  /** @returns whether that was the last word @param now monotonic milliseconds */
  look(entry: EntryDocument, now: number): boolean {
    // A view that was set back is on its way to where it was.
    if (entry.projectedOffset < this.#floor) return false;
    const isKnown = this.#told ? !differ(this.#told, entry) : entry.projectedOffset === this.since;
    this.#seen = entry.projectedOffset;
    this.#positionDue = now + POSITION_EVERY_MS;
    this.#told = entry;
    if (!isKnown) this.follower.tell(entry);
    return TERMINAL_STATES.has(entry.state);
  }

  /** Nothing older than this is told. */
  get #floor(): Offset {
    return this.#seen ?? this.since ?? -1;
  }

  /** By what the whole queue shows; what it does not show (who left, who was disqualified) is found with the positions. */
  #mayHaveChangedState(head: Offset, { admittedThrough, openedAt }: QueueAttributes): boolean {
    if (!this.#told) return true;
    const { state, place = 0 } = this.#told;
    if (state === 'PENDING') return this.token.offset <= head;
    if (state === 'REGISTERED') return openedAt !== null;
    return state === 'WAITING' ? place <= admittedThrough : true;
  }
}

function differ(told: EntryDocument, entry: EntryDocument): boolean {
  return (
    told.state !== entry.state ||
    told.position !== entry.position ||
    told.place !== entry.place ||
    told.claimBy !== entry.claimBy ||
    told.activeUntil !== entry.activeUntil ||
    told.receipt.offset !== entry.receipt.offset
  );
}
