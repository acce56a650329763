import type { QueueViewInspector, ViewCursor, ViewPart } from '../../../application/ports/queue-view-inspector.port.ts';
import type { ConcertId, Offset, UserId } from '../../../domain/types.ts';
import type { Collections, MemoryView } from './memory-view.ts';

/** Returns each concert as one part: nothing changes while it is copied. */
export class MemoryQueueViewInspector implements QueueViewInspector {
  constructor(private readonly view: MemoryView) {}

  async part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'> {
    const stored = this.view.concerts.get(concertId);
    if (!stored) return 'missing';
    const { head, attributes, collections } = stored;
    if (from && from.generation !== head.generation) return 'replaced';
    const { entries, waiting, disqualified } = collections;
    return {
      head,
      attributes,
      sizes: { entries: entries.size, waiting: waiting.size, disqualified: disqualified.size },
      entries: new Map(entries),
      waiting: waitingInOrder(collections),
      disqualified: [...disqualified],
      next: undefined,
    };
  }
}

/** User -> place of the waiting entries, first position first. */
function waitingInOrder({ entries, waiting: places }: Collections): ReadonlyMap<UserId, Offset> {
  const waiting = [...entries.values()].flatMap((entry) =>
    entry.state === 'WAITING' && places.has(entry.place) ? [{ userId: entry.userId, place: entry.place }] : [],
  );
  const inOrder = waiting.toSorted((one, other) => places.rank(one.place) - places.rank(other.place));
  return new Map(inOrder.map(({ userId, place }) => [userId, place]));
}
