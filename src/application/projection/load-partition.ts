import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { PartitionCheckpoint, QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { ConcertProjection } from './concert-projection.ts';

const MAX_CONCURRENT_LOADS = 16;

export interface LoadedPartition {
  readonly checkpoint: Offset;
  readonly fingerprint: string;
  readonly visibility: PartitionCheckpoint['visibility'];
  readonly deadLetters: PartitionCheckpoint['deadLetters'];
  /** Whether a checkpoint was stored. It names every concert of the partition. */
  readonly found: boolean;
  /** The checkpoint itself, to verify its fingerprint; or the first offset that the view has lost. */
  readonly readFrom: Offset;
}

/**
 * Loads `concerts` from the view. Where the view has lost data of a concert that the checkpoint names, the log is read again:
 * from the concert's own offset, or from the start.
 */
export async function loadPartition(
  view: QueueViewWriter,
  partition: number,
  concerts: Map<ConcertId, ConcertProjection>,
): Promise<LoadedPartition> {
  const stored = await view.partition(partition);
  if (!stored) {
    concerts.clear();
    return { checkpoint: -1, fingerprint: '', visibility: null, deadLetters: new Map(), found: false, readFrom: 0 };
  }
  const { offset: checkpoint, fingerprint, visibility, deadLetters } = stored;
  const heads = await view.heads([...stored.concerts.keys()]);
  for (const concertId of concerts.keys()) if (!stored.concerts.has(concertId)) concerts.delete(concertId);
  let readFrom = Math.max(0, checkpoint);
  const load = async ([concertId, lastOffset]: [ConcertId, Offset]) => {
    if (isInMemory(concerts.get(concertId), heads.get(concertId))) return;
    const loaded = heads.has(concertId) ? await ConcertProjection.load(view, concertId) : undefined;
    if (loaded) concerts.set(concertId, loaded);
    else concerts.delete(concertId);
    if (!loaded) readFrom = 0;
    else if (loaded.queue.offset < lastOffset) readFrom = Math.min(readFrom, loaded.queue.offset + 1);
  };
  const remaining = [...stored.concerts];
  const worker = async () => {
    for (let next = remaining.pop(); next; next = remaining.pop()) await load(next);
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_LOADS }, worker));
  return { checkpoint, fingerprint, visibility, deadLetters, found: true, readFrom };
}

function isInMemory(concert: ConcertProjection | undefined, head: ViewHead | undefined): boolean {
  const expected = concert?.inSync ? concert.head : undefined;
  if (!expected || !head) return false;
  return (
    head.foldVersion === FOLD_VERSION && head.generation === expected.generation && head.offset === expected.offset
  );
}
