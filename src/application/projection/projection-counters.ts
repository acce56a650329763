import { type ChangeSet, type EntryChange, FULL_REFRESH } from '../../domain/types.ts';

/** What the folding of a partition has come to since the process began: plain counts, read when somebody looks. */
export class ProjectionCounters {
  /** Records folded or passed over, those of a replay included. */
  events = 0;
  /** Views that were found damaged where nothing happened, and written anew. */
  repairs = 0;
  /** Lives by the state that they came to. What is folded again from the past has happened before and is not counted. */
  readonly became = new Map<EntryChange['state'], number>();

  add(effect: ChangeSet, happensNow: boolean): void {
    if (effect === FULL_REFRESH || !happensNow) return;
    for (const { state } of effect) this.became.set(state, (this.became.get(state) ?? 0) + 1);
  }
}
