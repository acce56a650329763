import TinyQueue from 'tinyqueue';

interface Item<T> {
  readonly at: number;
  readonly subject: T;
}

/** The due time of each subject, in one heap. Times are numbers on any one clock. */
export class Schedule<T> {
  readonly #heap = new TinyQueue<Item<T>>([], (a, b) => a.at - b.at);
  readonly #planned = new Map<T, Item<T>>();

  /** Replaces the due time of the subject; Infinity removes the subject. */
  plan(subject: T, at: number): void {
    if (at === Number.POSITIVE_INFINITY) {
      this.#planned.delete(subject);
      return;
    }
    if (this.#planned.get(subject)?.at === at) return;
    const item = { at, subject };
    this.#planned.set(subject, item);
    this.#heap.push(item);
  }

  /** Removes and yields the subjects that are due at `now`, earliest first. Callers may plan subjects while they iterate. */
  *due(now: number): Generator<T> {
    for (let item = this.#heap.peek(); item && item.at <= now; item = this.#heap.peek()) {
      this.#heap.pop();
      if (this.#planned.get(item.subject) !== item) continue; // replaced by a later `plan`
      this.#planned.delete(item.subject);
      yield item.subject;
    }
  }

  get size(): number {
    return this.#planned.size;
  }

  clear(): void {
    this.#planned.clear();
    while (this.#heap.pop()) {
      // until it is empty
    }
  }
}
