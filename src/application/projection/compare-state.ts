import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { Entry, LogTime } from '../../domain/types.ts';
import { type Difference, firstDifference } from './difference.ts';

/** The first difference between a queue in memory and the same queue folded from the log. Equals a comparison of canonicalState. */
export function compareState(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  return (
    firstDifference(memory.offset, folded.offset, 'offset') ??
    firstDifference(memory.attributes(), folded.attributes(), 'attributes') ??
    entriesDifference(memory, folded) ??
    disqualificationDifference(memory, folded)
  );
}

/** The counts are equal, so an entry missing from `folded` shows as another one missing from `memory`. */
function entriesDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  for (const entry of folded.save().entries) {
    const stored = memory.entryOf(entry.userId);
    if (!stored || !isSame(stored, entry)) return firstDifference(stored, entry, `entries.${entry.userId}`);
  }
  const waiting = folded.waitingEntries();
  for (const { userId } of memory.waitingEntries()) {
    const { value } = waiting.next() as IteratorResult<Entry, undefined>; // lib.d.ts types the final value as any
    if (value?.userId !== userId) return { field: 'waiting', stored: userId, folded: value?.userId };
  }
  return undefined;
}

/** Compares fields directly: up to a million entries are compared while the event loop is blocked. */
function isSame(a: Entry, b: Entry): boolean {
  if (a.state !== b.state || a.offset !== b.offset || a.place !== b.place || a.entryId !== b.entryId) return false;
  if (timeOf(a) !== timeOf(b)) return false;
  return a.state !== 'REJECTED' || b.state !== 'REJECTED' || a.reason === b.reason;
}

function timeOf(entry: Entry): LogTime | undefined {
  if (entry.state === 'READY') return entry.claimBy;
  if (entry.state === 'ACTIVE') return entry.activeUntil;
  return 'endedAt' in entry ? entry.endedAt : undefined;
}

function disqualificationDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  const disqualified = new Set(memory.save().disqualified);
  for (const userId of folded.save().disqualified) {
    if (!disqualified.has(userId)) return { field: `disqualified.${userId}`, stored: undefined, folded: true };
  }
  return undefined;
}
