import type { QueueViewInspector, ViewCursor, ViewPart } from '../../../application/ports/queue-view-inspector.port.ts';
import type { ConcertId, Offset, UserId } from '../../../domain/types.ts';
import type { Collections, MemoryView } from './memory-view.ts';

/** Shows what is in memory, all of a concert in one part: nothing changes while it is gathered. */
export class MemoryQueueViewInspector implements QueueViewInspector {
  constructor(private readonly view: MemoryView) {}

  async part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'> {
    const stored = this.view.concerts.get(concertId);
    if (!stored) return 'missing';
    const { head, scalars, collections } = stored;
    if (from && from.generation !== head.generation) return 'replaced';
    const { lives, line, barred } = collections;
    return {
      head,
      scalars,
      sizes: { lives: lives.size, waiting: line.size, barred: barred.size },
      lives: new Map(lives),
      waiting: lineOf(collections),
      barred: [...barred],
      next: undefined,
    };
  }
}

/** User -> place of those who wait, front first, as positions are counted. */
function lineOf({ lives, line }: Collections): ReadonlyMap<UserId, Offset> {
  const waiting = [...lives.values()].flatMap((life) =>
    life.state === 'WAITING' && line.has(life.place) ? [{ userId: life.userId, place: life.place }] : [],
  );
  const inOrder = waiting.toSorted((one, other) => line.rank(one.place) - line.rank(other.place));
  return new Map(inOrder.map(({ userId, place }) => [userId, place]));
}
