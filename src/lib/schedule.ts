import TinyQueue from 'tinyqueue';
import type { LogTime } from '../domain/types.ts';

interface Item<T> {
  readonly at: LogTime;
  readonly subject: T;
}

/** When each subject is next to be looked at: one heap for all, no timer for any. */
export class Schedule<T> {
  readonly #queue = new TinyQueue<Item<T>>([], (a, b) => a.at - b.at);
  readonly #next = new Map<T, Item<T>>();

  /** Replaces what was planned for the subject; Infinity: it is not to be looked at. */
  plan(subject: T, at: LogTime): void {
    if (at === Number.POSITIVE_INFINITY) {
      this.#next.delete(subject);
      return;
    }
    if (this.#next.get(subject)?.at === at) return;
    const item = { at, subject };
    this.#next.set(subject, item);
    this.#queue.push(item);
  }

  /** Takes those whose time has come. */
  *due(now: LogTime): Generator<T> {
    for (let item = this.#queue.peek(); item && item.at <= now; item = this.#queue.peek()) {
      this.#queue.pop();
      if (this.#next.get(item.subject) !== item) continue; // planned anew since
      this.#next.delete(item.subject);
      yield item.subject;
    }
  }

  get size(): number {
    return this.#next.size;
  }

  clear(): void {
    this.#next.clear();
    while (this.#queue.pop()) {
      // until it is empty
    }
  }
}
