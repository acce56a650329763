import { QueueError } from '../../../application/errors.ts';
import type {
  EntryView,
  PartitionState,
  QueueViewReader,
  ViewHead,
} from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';
import type { ConcertId, LogTime, Offset, UserId } from '../../../domain/types.ts';
import type { MemoryView, StoredConcert } from './memory-view.ts';

/** Reads the view in memory. A damaged view is reported as unavailable; partial data is never returned. */
export class MemoryQueueViewReader implements QueueViewReader {
  constructor(private readonly view: MemoryView) {}

  async queue(
    concertId: ConcertId,
  ): Promise<{ readonly head: ViewHead; readonly attributes: QueueAttributes } | undefined> {
    const stored = this.view.concerts.get(concertId);
    return stored && { head: stored.head, attributes: stored.attributes };
  }

  async entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    const stored = this.view.concerts.get(concertId);
    return stored && entryOf(stored, userId);
  }

  async entries(concertId: ConcertId, userIds: readonly UserId[]): Promise<readonly EntryView[] | undefined> {
    const stored = this.view.concerts.get(concertId);
    return stored && userIds.map((userId) => entryOf(stored, userId));
  }

  async progress(partition: number, concertId: ConcertId): Promise<PartitionState | undefined> {
    const stored = this.view.partitions.get(partition);
    if (!stored) return undefined;
    const { checkpoint, concerts, writtenAt, owner } = stored;
    return { checkpoint: checkpoint.offset, concertOffset: concerts.get(concertId), writtenAt, owner };
  }

  async deadLetter(partition: number, offset: Offset): Promise<LogTime | undefined> {
    const stored = this.view.partitions.get(partition);
    return stored?.deadLetters.get(offset) ?? stored?.pendingSkips.get(offset);
  }

  async concerts(partition: number): Promise<readonly ConcertId[] | undefined> {
    const stored = this.view.partitions.get(partition);
    return stored && [...stored.concerts.keys()].toSorted();
  }

  async ping(): Promise<void> {
    // Memory is always reachable.
  }
}

function entryOf({ head, attributes, collections }: StoredConcert, userId: UserId): EntryView {
  if (!collections.isWhole(attributes))
    throw new QueueError('PROJECTION_UNAVAILABLE', 'The view of the queues is not available at the moment.', {
      retryAfterSeconds: 1,
    });
  const entry = collections.entries.get(userId);
  const disqualified = collections.disqualified.has(userId);
  if (entry?.state !== 'WAITING') return { head, attributes, entry, disqualified };
  return { head, attributes, entry, disqualified, rank: collections.waiting.rank(entry.place) };
}
