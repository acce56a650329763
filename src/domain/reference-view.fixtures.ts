import type { ConcertQueue } from './concert-queue.ts';
import { type Effect, type Life, REORDERED, type UserId } from './types.ts';

/** The simplest view there could be: it puts what it is told. */
export class PlainView {
  readonly #lives = new Map<UserId, Life>();
  readonly #barred = new Set<UserId>();

  static of(queue: ConcertQueue): PlainView {
    const view = new PlainView();
    view.put(REORDERED, queue);
    return view;
  }

  put(effect: Effect, queue: ConcertQueue): void {
    if (effect === REORDERED) {
      this.#lives.clear();
      for (const life of queue.save().lives) this.#lives.set(life.userId, life);
      for (const userId of queue.save().barred) this.#barred.add(userId);
      return;
    }
    for (const change of effect) {
      if (change.state === 'FORGOTTEN') this.#lives.delete(change.userId);
      else if (change.state === 'BARRED') this.#barred.add(change.userId);
      else if (change.state === 'UNBARRED') this.#barred.delete(change.userId);
      else this.#lives.set(change.userId, change);
    }
  }

  sorted() {
    const byUser = [...this.#lives].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { lives: byUser.map(([, life]) => life), barred: [...this.#barred].toSorted() };
  }
}
