import { compareByPlace } from './entry-order.ts';
import { SortedEntries } from './sorted-entries.ts';
import type { UserId, Waiting } from './types.ts';

/**
 * The waiting entries of a queue, one per user, in the order of places.
 *
 * New requests come in this order and are appended to a Map, which keeps it. Only a redrive adds an entry before others; these
 * few are kept apart, so that no other entry is touched.
 */
export class WaitingEntries {
  readonly #appended = new Map<UserId, Waiting>();
  readonly #inserted = new Map<UserId, Waiting>();
  readonly #insertedInOrder = new SortedEntries();
  /** The entry that was appended last, also if it no longer waits. */
  #last: Waiting | undefined;

  get size(): number {
    return this.#appended.size + this.#inserted.size;
  }

  get(userId: UserId): Waiting | undefined {
    const appended = this.#appended.get(userId);
    return appended || this.#inserted.size === 0 ? appended : this.#inserted.get(userId);
  }

  /** The user must not have a waiting entry. */
  add(entry: Waiting): void {
    if (this.#last === undefined || compareByPlace(this.#last, entry) < 0) {
      this.#last = entry;
      this.#appended.set(entry.userId, entry);
      return;
    }
    this.#inserted.set(entry.userId, entry);
    this.#insertedInOrder.add(entry);
  }

  delete(userId: UserId): void {
    if (this.#appended.delete(userId)) return;
    const entry = this.#inserted.get(userId);
    if (!entry) return;
    this.#inserted.delete(userId);
    this.#insertedInOrder.delete(entry);
  }

  /** In the order of places. The entry that was returned last may be deleted; for other changes use `all`. */
  inOrder(): IterableIterator<Waiting> {
    return this.#inserted.size === 0 ? this.#appended.values() : this.#merged();
  }

  /** In any order. An entry that waits during the whole iteration is returned once, whatever else changes. */
  *all(): Generator<Waiting> {
    yield* this.#appended.values();
    yield* this.#inserted.values();
  }

  *#merged(): Generator<Waiting> {
    let inserted = this.#insertedInOrder.first();
    for (const appended of this.#appended.values()) {
      while (inserted && compareByPlace(inserted, appended) < 0) {
        yield inserted;
        inserted = this.#insertedInOrder.after(inserted);
      }
      yield appended;
    }
    while (inserted) {
      yield inserted;
      inserted = this.#insertedInOrder.after(inserted);
    }
  }
}
