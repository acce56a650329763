import type { Generation, PartitionCheckpoint, ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, EntryChange, LogTime, Offset, UserId } from '../../../domain/types.ts';
import { OrderStatisticTree } from './order-statistic-tree.ts';

/** Staged data that is never activated is removed after this time. */
const STAGED_TTL_MS = 3_600_000;

/** The collections of one generation. */
export class Collections {
  readonly entries = new Map<UserId, Entry>();
  readonly waiting = new OrderStatisticTree();
  readonly disqualified = new Set<UserId>();

  apply(changes: readonly EntryChange[]): void {
    for (const change of changes) {
      const { userId } = change;
      if (change.state === 'USER_DISQUALIFIED') this.disqualified.add(userId);
      else if (change.state === 'USER_REINSTATED') this.disqualified.delete(userId);
      else {
        const before = this.entries.get(userId);
        if (before?.state === 'WAITING') this.waiting.delete(before.place);
        if (change.state === 'PURGED') this.entries.delete(userId);
        else this.entries.set(userId, change);
        if (change.state === 'WAITING') this.waiting.add(change.place);
      }
    }
  }

  /** Whether the collections match the counts, so that no data was lost. */
  isWhole({ counts }: QueueAttributes): boolean {
    const { entries, waiting, disqualified } = this;
    return entries.size === counts.kept && waiting.size === counts.waiting && disqualified.size === counts.disqualified;
  }
}

/** The current view of a concert. */
export interface StoredConcert {
  head: ViewHead;
  attributes: QueueAttributes;
  readonly collections: Collections;
}

interface StoredPartition {
  /** As last written: its concerts and dead letters are only those that were added. */
  readonly checkpoint: PartitionCheckpoint;
  readonly concerts: Map<ConcertId, Offset>;
  readonly deadLetters: Map<Offset, LogTime>;
  readonly pendingSkips: Map<Offset, LogTime>;
  readonly writtenAt: LogTime;
  readonly owner: string;
}

interface StagedCollections {
  readonly collections: Collections;
  /** Monotonic milliseconds of the last addition. */
  changedAt: number;
}

/** The views of all queues in memory. They end with the process and are folded again from the log. */
export class MemoryView {
  readonly concerts = new Map<ConcertId, StoredConcert>();
  readonly partitions = new Map<number, StoredPartition>();
  readonly #staged = new Map<string, StagedCollections>();

  /** The data that this writer has staged for a generation. */
  staged(writer: string, concertId: ConcertId, generation: Generation): Collections | undefined {
    return this.#staged.get(stagingKey(writer, concertId, generation))?.collections;
  }

  /** As `staged`, but creates the collections and restarts their time to live. */
  openStaged(writer: string, concertId: ConcertId, generation: Generation): Collections {
    const now = performance.now();
    for (const [key, { changedAt }] of this.#staged) if (now - changedAt > STAGED_TTL_MS) this.#staged.delete(key);
    const key = stagingKey(writer, concertId, generation);
    const staged = this.#staged.get(key) ?? { collections: new Collections(), changedAt: now };
    staged.changedAt = now;
    this.#staged.set(key, staged);
    return staged.collections;
  }

  unstage(writer: string, concertId: ConcertId, generation: Generation): void {
    this.#staged.delete(stagingKey(writer, concertId, generation));
  }

  /** Seconds until the staged data of any writer for this generation is removed; 0: there is none. */
  stagedTtlSeconds(concertId: ConcertId, generation: Generation): number {
    const suffix = stagingKey('', concertId, generation);
    const seconds = [...this.#staged]
      .filter(([key]) => key.endsWith(suffix))
      .map(([, { changedAt }]) => (changedAt + STAGED_TTL_MS - performance.now()) / 1_000);
    return Math.max(0, ...seconds);
  }
}

function stagingKey(writer: string, concertId: ConcertId, generation: Generation): string {
  return `${writer}|${concertId}|${generation}`;
}
