import { type Entry, FULL_REFRESH, type LogTime, type Offset, type UserId } from '../../domain/types.ts';
import type { Folded } from './fold-concert.ts';

/** One entry of a user, from its request on. */
export interface EntryTimeline {
  readonly userId: UserId;
  /** Offset of the receipt. */
  readonly offset: Offset;
  place: Offset;
  /** Log time of the request; for entries registered before a draw, of the draw. */
  waitsFrom: LogTime;
  calledAt?: LogTime;
  claimedAt?: LogTime;
  endedAt?: LogTime;
  state: Entry['state'];
}

/** Every entry that a queue ever had, by receipt. The queue itself keeps only the last one of each user. */
export class EntryTimelines {
  readonly byReceipt = new Map<Offset, EntryTimeline>();

  note({ effect, queue }: Folded): void {
    if (effect !== FULL_REFRESH) {
      for (const change of effect) if ('place' in change) this.#put(change, queue.time);
      return;
    }
    for (const visit of this.byReceipt.values()) {
      if (visit.state !== 'REGISTERED') continue;
      visit.state = 'WAITING';
      visit.place = queue.entryOf(visit.userId)?.place ?? visit.place;
      visit.waitsFrom = queue.time;
    }
  }

  #put(entry: Entry, now: LogTime): void {
    const { userId, offset, place, state } = entry;
    const known = this.byReceipt.get(offset);
    const isSame = known?.userId === userId && known.endedAt === undefined;
    // A receipt creates one entry, unless a redrive is forged.
    const visit: EntryTimeline = isSame ? known : { userId, offset, place, waitsFrom: now, state };
    if (!isSame) this.byReceipt.set(offset, visit);
    visit.state = state;
    if (state === 'READY') visit.calledAt = now;
    else if (state === 'ACTIVE') visit.claimedAt = now;
    else if ('endedAt' in entry) visit.endedAt = now;
  }
}
