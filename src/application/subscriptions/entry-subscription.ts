import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { Offset } from '../../domain/types.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import { type EntryDocument, TERMINAL_STATES } from '../queries/get-my-entry.query.ts';
import type { QueueStatusDocument } from '../queries/queue-document.ts';

/** `over`: the entry is in a terminal state; `stopping`: the process stops; `replaced`: the entry has newer subscriptions, and too many. */
export type SubscriptionEnd = 'over' | 'stopping' | 'replaced';

/** Receives the changes of an entry and of its queue. No method may throw or wait. */
export interface EntrySubscriber {
  /** The entry at the start, then on each change. Never older than a document sent before. */
  send(entry: EntryDocument): void;
  /** The state and notice of the queue at the start, then on each change; the same object until then. */
  sendQueue?(queue: QueueStatusDocument): void;
  end(reason: SubscriptionEnd): void;
}

/** Least time between two documents that differ in the position only. */
const POSITION_INTERVAL_MS = 1_000;

/** One subscriber of one entry: what it was sent, and when the next read is due. */
export class EntrySubscription {
  #sent: EntryDocument | undefined;
  #sentQueue: QueueStatusDocument | undefined;
  /** Offset of the newest document read. */
  #readOffset: Offset | undefined;
  /** Monotonic milliseconds. */
  #positionDue = 0;

  /** @param since the subscriber has the entry as of this offset: it gets nothing older, nor that document again */
  constructor(
    readonly token: EntryClaims,
    private since: Offset | undefined,
    readonly subscriber: EntrySubscriber,
  ) {}

  /** Whether the subscriber names an offset beyond `head`, before it was sent anything. */
  isAheadOf(head: Offset): boolean {
    return !this.#sent && this.since !== undefined && this.since > head;
  }

  /** The log ends at this offset, so a subscriber cannot have a document of it or beyond. */
  dropOffsetFrom(end: Offset): void {
    if (this.since !== undefined && this.since >= end) this.since = undefined;
  }

  /** Whether a read at this view head may find something to send. */
  isDue(head: Offset, attributes: QueueAttributes, now: number): boolean {
    if (head <= this.#minOffset) return this.#sent === undefined && head === this.since;
    return now >= this.#positionDue || this.#mayHaveChangedState(head, attributes);
  }

  /** Sends the document if it is new. @param now monotonic milliseconds @returns whether the entry is in a terminal state */
  publish(entry: EntryDocument, now: number): boolean {
    // A view that was set back has not reached its former offset yet.
    if (entry.projectedOffset < this.#minOffset) return false;
    const isKnown = this.#sent ? !differ(this.#sent, entry) : entry.projectedOffset === this.since;
    this.#readOffset = entry.projectedOffset;
    this.#positionDue = now + POSITION_INTERVAL_MS;
    this.#sent = entry;
    if (!isKnown) this.subscriber.send(entry);
    return TERMINAL_STATES.has(entry.state);
  }

  /** Sends the queue if it is new. @param offset of the view that shows it */
  publishQueue(queue: QueueStatusDocument, offset: Offset): void {
    if (queue === this.#sentQueue || offset < this.#minOffset) return;
    this.#sentQueue = queue;
    this.subscriber.sendQueue?.(queue);
  }

  get #minOffset(): Offset {
    return this.#readOffset ?? this.since ?? -1;
  }

  /** From the attributes of the queue. They do not show who left or was disqualified: the next read for positions finds that. */
  #mayHaveChangedState(head: Offset, { admittedThrough, openedAt }: QueueAttributes): boolean {
    if (!this.#sent) return true;
    const { state, place = 0 } = this.#sent;
    if (state === 'PENDING') return this.token.offset <= head;
    if (state === 'REGISTERED') return openedAt !== null;
    return state === 'WAITING' ? place <= admittedThrough : true;
  }
}

function differ(sent: EntryDocument, entry: EntryDocument): boolean {
  return (
    sent.state !== entry.state ||
    sent.position !== entry.position ||
    sent.place !== entry.place ||
    sent.claimBy !== entry.claimBy ||
    sent.activeUntil !== entry.activeUntil ||
    sent.receipt.offset !== entry.receipt.offset
  );
}
