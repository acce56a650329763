import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { Life, LogTime } from '../../domain/types.ts';
import { type Difference, firstDifference } from '../operations/difference.ts';

/** Where the memory of a queue is not what the log says; compares what canonicalState would, without writing it down. */
export function stateDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  return (
    firstDifference(memory.offset, folded.offset, 'offset') ??
    firstDifference(memory.scalars(), folded.scalars(), 'scalars') ??
    livesDifference(memory, folded) ??
    barredDifference(memory, folded)
  );
}

/** The counts agree, so whoever is missing here would be found there. */
function livesDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  for (const life of folded.save().lives) {
    const ours = memory.lifeOf(life.userId);
    if (!ours || !isSame(ours, life)) return firstDifference(ours, life, `lives.${life.userId}`);
  }
  const line = folded.front();
  for (const { userId } of memory.front()) {
    const { value } = line.next() as IteratorResult<Life, undefined>; // lib.d.ts says any at its end
    if (value?.userId !== userId) return { field: 'the line', stored: userId, folded: value?.userId };
  }
  return undefined;
}

/** By hand: there may be a million of them, compared while nothing else can happen. */
function isSame(a: Life, b: Life): boolean {
  if (a.state !== b.state || a.offset !== b.offset || a.place !== b.place || a.entryId !== b.entryId) return false;
  if (timeOf(a) !== timeOf(b)) return false;
  return a.state !== 'REJECTED' || b.state !== 'REJECTED' || a.because === b.because;
}

function timeOf(life: Life): LogTime | undefined {
  if (life.state === 'READY') return life.claimBy;
  if (life.state === 'ACTIVE') return life.activeUntil;
  return 'endedAt' in life ? life.endedAt : undefined;
}

function barredDifference(memory: ConcertQueue, folded: ConcertQueue): Difference | undefined {
  const barred = new Set(memory.save().barred);
  for (const userId of folded.save().barred) {
    if (!barred.has(userId)) return { field: `barred.${userId}`, stored: undefined, folded: true };
  }
  return undefined;
}
