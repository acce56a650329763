import { QueueError } from '../../../application/errors.ts';
import type { EntryDocument } from '../../../application/queries/get-my-entry.query.ts';
import type { EntrySubscriber, SubscriptionEnd } from '../../../application/subscriptions/entry-subscription.ts';

/** A value for the field `myEntryChanged`; an error becomes an error of that field. */
interface Change {
  readonly myEntryChanged: EntryDocument | QueueError;
}

/** The changes of an entry, as a subscription takes them: what is not taken in time gives way to what is newer. */
export class EntryChanges implements EntrySubscriber, AsyncIterableIterator<Change> {
  #newest: Change | undefined;
  #isOver = false;
  #taker: ((result: IteratorResult<Change, undefined>) => void) | undefined;
  /** What is to be done when nobody takes any more. */
  unfollow: () => void = () => undefined;

  tell(entry: EntryDocument): void {
    this.#put({ myEntryChanged: entry });
  }

  end(reason: SubscriptionEnd): void {
    // At a stop the connection is closed for a reason that clients know to come back from; an end here would be the end to them.
    if (reason === 'stopping') return;
    if (reason === 'replaced') {
      const detail = 'Too many others follow this entry, and came later.';
      this.#put({ myEntryChanged: new QueueError('OVERLOADED', detail, { retryAfterSeconds: 2 }) });
    }
    this.#isOver = true;
    if (!this.#newest) this.#taker?.({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Change, undefined>> {
    const value = this.#newest;
    this.#newest = undefined;
    if (value) return Promise.resolve({ done: false, value });
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  return(): Promise<IteratorResult<Change, undefined>> {
    this.#isOver = true;
    this.#newest = undefined;
    this.unfollow();
    this.#taker?.({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #put(change: Change): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker) taker({ done: false, value: change });
    else this.#newest = change;
  }
}
