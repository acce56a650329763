import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { Entry, LogTime } from '../../domain/types.ts';
import { type Difference, firstDifference } from './difference.ts';

/** Where the memory of a queue is not what the log says; compares what canonicalState would, without writing it down. */
export function compareState(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  return (
    firstDifference(memory.offset, folded.offset, 'offset') ??
    firstDifference(memory.attributes(), folded.attributes(), 'attributes') ??
    livesDifference(memory, folded) ??
    disqualificationDifference(memory, folded)
  );
}

/** The counts agree, so whoever is missing here would be found there. */
function livesDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  for (const entry of folded.save().entries) {
    const ours = memory.entryOf(entry.userId);
    if (!ours || !isSame(ours, entry)) return firstDifference(ours, entry, `lives.${entry.userId}`);
  }
  const line = folded.waitingEntries();
  for (const { userId } of memory.waitingEntries()) {
    const { value } = line.next() as IteratorResult<Entry, undefined>; // lib.d.ts says any at its end
    if (value?.userId !== userId) return { field: 'the line', stored: userId, folded: value?.userId };
  }
  return undefined;
}

/** By hand: there may be a million of them, compared while nothing else can happen. */
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
