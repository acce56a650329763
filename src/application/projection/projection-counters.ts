import { type ChangeSet, type EntryChange, FULL_REFRESH } from '../../domain/types.ts';

/** Counts of one partition since the process started; metrics read them on scrape. */
export class ProjectionCounters {
  /** Records folded or skipped, including those of a replay. */
  events = 0;
  /** Views that the periodic check found damaged and rewrote. */
  repairs = 0;
  /** Entry changes by their new state. A replay is not counted: its changes happened before. */
  readonly transitions = new Map<EntryChange['state'], number>();

  add(changes: ChangeSet, isReplay: boolean): void {
    if (changes === FULL_REFRESH || isReplay) return;
    for (const { state } of changes) this.transitions.set(state, (this.transitions.get(state) ?? 0) + 1);
  }
}
