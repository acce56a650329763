import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ViewPart } from '../ports/queue-view-inspector.port.ts';
import { type Difference, firstDifference } from './difference.ts';

/** Compares a part of a stored view with the queue folded to the same offset; together the parts are all of canonicalState. */
export function comparePart(part: ViewPart, queue: ConcertQueue): Difference | undefined {
  const { head, scalars, sizes } = part;
  const folded = queue.scalars();
  const { kept, waiting, barred } = folded.counts;
  return (
    firstDifference(head.foldVersion, FOLD_VERSION, 'head.foldVersion') ??
    firstDifference(head.offset, queue.offset, 'head.offset') ??
    firstDifference(scalars, folded, 'scalars') ??
    compareLives(part, queue) ??
    compareLine(part, queue) ??
    compareBarred(part, queue) ??
    firstDifference(sizes, { lives: kept, waiting, barred }, 'sizes')
  );
}

function compareLives({ lives }: ViewPart, queue: ConcertQueue): Difference | undefined {
  for (const [userId, life] of lives) {
    const difference = firstDifference(life, queue.lifeOf(userId), `lives.${userId}`);
    if (difference) return difference;
  }
  return undefined;
}

/** The line is stored a second time, sorted: positions are counted in it. */
function compareLine({ waiting }: ViewPart, queue: ConcertQueue): Difference | undefined {
  for (const [userId, stored] of waiting) {
    const life = queue.lifeOf(userId);
    const folded = life?.state === 'WAITING' ? life.place : undefined;
    if (stored !== folded) return { field: `waiting.${userId}.place`, stored, folded };
  }
  return undefined;
}

function compareBarred({ barred }: ViewPart, queue: ConcertQueue): Difference | undefined {
  if (barred.length === 0) return undefined;
  const folded = new Set(queue.save().barred);
  const stranger = barred.find((userId) => !folded.has(userId));
  return stranger === undefined ? undefined : { field: `barred.${stranger}`, stored: true, folded: undefined };
}
