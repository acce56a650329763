import { QueueError } from '../../../application/errors.ts';
import type { EntryDocument } from '../../../application/queries/get-my-entry.query.ts';
import type { EntrySubscriber, SubscriptionEnd } from '../../../application/subscriptions/entry-subscription.ts';

/** A value of the subscription `myEntryChanged`; an error becomes an error of that field. */
interface EntryChangedResult {
  readonly myEntryChanged: EntryDocument | QueueError;
}

/** The changes of an entry as an async iterator. While the consumer is slow, only the newest change is kept. */
export class EntryChanges implements EntrySubscriber, AsyncIterableIterator<EntryChangedResult> {
  #newest: EntryChangedResult | undefined;
  #hasEnded = false;
  #resolveNext: ((result: IteratorResult<EntryChangedResult, undefined>) => void) | undefined;
  /** Called when the client ends the subscription. */
  unsubscribe: () => void = () => undefined;

  send(entry: EntryDocument): void {
    this.#deliver({ myEntryChanged: entry });
  }

  end(reason: SubscriptionEnd): void {
    // On shutdown the close code of the connection tells clients to reconnect; `complete` would end the subscription.
    if (reason === 'stopping') return;
    if (reason === 'replaced') {
      const detail = 'Newer subscriptions to this entry replaced this one.';
      this.#deliver({ myEntryChanged: new QueueError('OVERLOADED', detail, { retryAfterSeconds: 2 }) });
    }
    this.#hasEnded = true;
    if (!this.#newest) this.#resolveNext?.({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<EntryChangedResult, undefined>> {
    const value = this.#newest;
    this.#newest = undefined;
    if (value) return Promise.resolve({ done: false, value });
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#resolveNext = resolve;
    });
  }

  return(): Promise<IteratorResult<EntryChangedResult, undefined>> {
    this.#hasEnded = true;
    this.#newest = undefined;
    this.unsubscribe();
    this.#resolveNext?.({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #deliver(result: EntryChangedResult): void {
    const resolveNext = this.#resolveNext;
    this.#resolveNext = undefined;
    if (resolveNext) resolveNext({ done: false, value: result });
    else this.#newest = result;
  }
}
