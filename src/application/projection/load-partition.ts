import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { PartitionCheckpoint, QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { ConcertProjection } from './concert-projection.ts';

/** Concerts loaded side by side. */
const AT_ONCE = 16;

export interface LoadedPartition {
  readonly checkpoint: Offset;
  readonly fingerprint: string;
  readonly visibility: PartitionCheckpoint['visibility'];
  readonly deadLetters: PartitionCheckpoint['deadLetters'];
  /** The record was there: it names every concert. */
  readonly complete: boolean;
  /** The checkpoint itself (to recognise it), or where something lost begins. */
  readonly readFrom: Offset;
}

/**
 * Brings `concerts` to what the view holds. What the view has lost of a concert that the record names is folded again from the
 * log: from the concert's own offset, or from the start.
 */
export async function loadPartition(
  view: QueueViewWriter,
  partition: number,
  concerts: Map<ConcertId, ConcertProjection>,
): Promise<LoadedPartition> {
  const record = await view.partition(partition);
  if (!record) {
    concerts.clear();
    return { checkpoint: -1, fingerprint: '', visibility: null, deadLetters: new Map(), complete: false, readFrom: 0 };
  }
  const heads = await view.heads([...record.concerts.keys()]);
  for (const concertId of concerts.keys()) if (!record.concerts.has(concertId)) concerts.delete(concertId);
  let readFrom = Math.max(0, record.checkpoint);
  const load = async ([concertId, recorded]: [ConcertId, Offset]) => {
    if (isAsInMemory(concerts.get(concertId), heads.get(concertId))) return;
    const loaded = heads.has(concertId) ? await ConcertProjection.load(view, concertId) : undefined;
    if (loaded) concerts.set(concertId, loaded);
    else concerts.delete(concertId);
    if (!loaded) readFrom = 0;
    else if (loaded.queue.offset < recorded) readFrom = Math.min(readFrom, loaded.queue.offset + 1);
  };
  const waiting = [...record.concerts];
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await load(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { ...record, complete: true, readFrom };
}

function isAsInMemory(concert: ConcertProjection | undefined, head: ViewHead | undefined): boolean {
  const remembered = concert?.settled ? concert.head : undefined;
  if (!remembered || !head) return false;
  return (
    head.foldVersion === FOLD_VERSION && head.generation === remembered.generation && head.offset === remembered.offset
  );
}
