import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ViewPart } from '../ports/queue-view-inspector.port.ts';
import { type Difference, firstDifference } from '../projection/difference.ts';

/** Compares a part of a stored view with the queue folded to the same offset; together the parts cover canonicalState. */
export function comparePart(part: ViewPart, queue: ConcertQueue): Difference | undefined {
  const { head, attributes, sizes } = part;
  const folded = queue.attributes();
  const { kept, waiting, disqualified } = folded.counts;
  return (
    firstDifference(head.foldVersion, FOLD_VERSION, 'head.foldVersion') ??
    firstDifference(head.offset, queue.offset, 'head.offset') ??
    firstDifference(attributes, folded, 'attributes') ??
    compareEntries(part, queue) ??
    compareLine(part, queue) ??
    compareDisqualified(part, queue) ??
    firstDifference(sizes, { entries: kept, waiting, disqualified }, 'sizes')
  );
}

function compareEntries({ entries }: ViewPart, queue: ConcertQueue): Difference | undefined {
  for (const [userId, entry] of entries) {
    const difference = firstDifference(entry, queue.entryOf(userId), `lives.${userId}`);
    if (difference) return difference;
  }
  return undefined;
}

/** The waiting entries are also stored sorted, to count positions. */
function compareLine({ waiting }: ViewPart, queue: ConcertQueue): Difference | undefined {
  for (const [userId, stored] of waiting) {
    const entry = queue.entryOf(userId);
    const folded = entry?.state === 'WAITING' ? entry.place : undefined;
    if (stored !== folded) return { field: `waiting.${userId}.place`, stored, folded };
  }
  return undefined;
}

function compareDisqualified({ disqualified }: ViewPart, queue: ConcertQueue): Difference | undefined {
  if (disqualified.length === 0) return undefined;
  const folded = new Set(queue.save().disqualified);
  const unexpected = disqualified.find((userId) => !folded.has(userId));
  return unexpected === undefined
    ? undefined
    : { field: `disqualified.${unexpected}`, stored: true, folded: undefined };
}
