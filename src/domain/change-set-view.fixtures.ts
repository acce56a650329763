import type { ConcertQueue } from './concert-queue.ts';
import { type ChangeSet, type Entry, FULL_REFRESH, type UserId } from './types.ts';

/** A view in memory that stores each change set as it is. */
export class ChangeSetView {
  readonly #entries = new Map<UserId, Entry>();
  readonly #disqualified = new Set<UserId>();

  static of(queue: ConcertQueue): ChangeSetView {
    const view = new ChangeSetView();
    view.apply(FULL_REFRESH, queue);
    return view;
  }

  apply(changes: ChangeSet, queue: ConcertQueue): void {
    if (changes === FULL_REFRESH) {
      this.#entries.clear();
      for (const entry of queue.save().entries) this.#entries.set(entry.userId, entry);
      for (const userId of queue.save().disqualified) this.#disqualified.add(userId);
      return;
    }
    for (const change of changes) {
      if (change.state === 'PURGED') this.#entries.delete(change.userId);
      else if (change.state === 'USER_DISQUALIFIED') this.#disqualified.add(change.userId);
      else if (change.state === 'USER_REINSTATED') this.#disqualified.delete(change.userId);
      else this.#entries.set(change.userId, change);
    }
  }

  sorted() {
    const byUser = [...this.#entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { entries: byUser.map(([, entry]) => entry), disqualified: [...this.#disqualified].toSorted() };
  }
}
