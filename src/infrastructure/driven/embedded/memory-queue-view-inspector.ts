import type { QueueViewInspector, ViewCursor, ViewPart } from '../../../application/ports/queue-view-inspector.port.ts';
import type { ConcertId, Offset, UserId } from '../../../domain/types.ts';
import type { Collections, MemoryView } from './memory-view.ts';

/** Shows what is in memory, all of a concert in one part: nothing changes while it is gathered. */
export class MemoryQueueViewInspector implements QueueViewInspector {
  constructor(private readonly view: MemoryView) {}

  async part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'> {
    const stored = this.view.concerts.get(concertId);
    if (!stored) return 'missing';
    const { head, attributes, collections } = stored;
    if (from && from.generation !== head.generation) return 'replaced';
    const { entries, line, disqualified } = collections;
    return {
      head,
      attributes,
      sizes: { entries: entries.size, waiting: line.size, disqualified: disqualified.size },
      entries: new Map(entries),
      waiting: lineOf(collections),
      disqualified: [...disqualified],
      next: undefined,
    };
  }
}

/** User -> place of those who wait, front first, as positions are counted. */
function lineOf({ entries, line }: Collections): ReadonlyMap<UserId, Offset> {
  const waiting = [...entries.values()].flatMap((entry) =>
    entry.state === 'WAITING' && line.has(entry.place) ? [{ userId: entry.userId, place: entry.place }] : [],
  );
  const inOrder = waiting.toSorted((one, other) => line.rank(one.place) - line.rank(other.place));
  return new Map(inOrder.map(({ userId, place }) => [userId, place]));
}
