import type { Generation, PartitionCheckpoint, ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';
import type { ConcertId, Entry, EntryChange, LogTime, Offset, UserId } from '../../../domain/types.ts';
import { OrderStatisticTree } from './order-statistic-tree.ts';

/** What is staged and never completed is let go after so many milliseconds. */
const STAGED_TTL_MS = 3_600_000;

/** One copy of a concert's data. */
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

  /** Whether it is what the counts say: nothing is lost. */
  isWhole({ counts }: QueueAttributes): boolean {
    const { entries, waiting, disqualified } = this;
    return entries.size === counts.kept && waiting.size === counts.waiting && disqualified.size === counts.disqualified;
  }
}

/** What readers see of a concert. */
export interface StoredConcert {
  head: ViewHead;
  attributes: QueueAttributes;
  readonly collections: Collections;
}

interface StoredPartition {
  /** As it was written last: its concerts and dead letters are those that were new. */
  readonly record: PartitionCheckpoint;
  readonly concerts: Map<ConcertId, Offset>;
  readonly deadLetters: Map<Offset, LogTime>;
  readonly announced: Map<Offset, LogTime>;
  readonly writtenAt: LogTime;
  readonly owner: string;
}

interface StagedCollections {
  readonly collections: Collections;
  /** Monotonic milliseconds of the last addition. */
  at: number;
}

/** The view of every queue, in this process's memory: gone with it, and folded anew from the log. */
export class MemoryView {
  readonly concerts = new Map<ConcertId, StoredConcert>();
  readonly partitions = new Map<number, StoredPartition>();
  readonly #staged = new Map<string, StagedCollections>();

  /** What this writer has staged of a generation so far. */
  staged(writer: string, concertId: ConcertId, generation: Generation): Collections | undefined {
    return this.#staged.get(stagingKey(writer, concertId, generation))?.collections;
  }

  /** The same, to be added to. */
  openStaged(writer: string, concertId: ConcertId, generation: Generation): Collections {
    const now = performance.now();
    for (const [key, { at }] of this.#staged) if (now - at > STAGED_TTL_MS) this.#staged.delete(key);
    const key = stagingKey(writer, concertId, generation);
    const known = this.#staged.get(key) ?? { collections: new Collections(), at: now };
    known.at = now;
    this.#staged.set(key, known);
    return known.collections;
  }

  unstage(writer: string, concertId: ConcertId, generation: Generation): void {
    this.#staged.delete(stagingKey(writer, concertId, generation));
  }

  /** Seconds until what any writer has staged of the generation is let go; 0: nothing is. */
  stagedTtlSeconds(concertId: ConcertId, generation: Generation): number {
    const of = stagingKey('', concertId, generation);
    const left = [...this.#staged]
      .filter(([key]) => key.endsWith(of))
      .map(([, { at }]) => (at + STAGED_TTL_MS - performance.now()) / 1_000);
    return Math.max(0, ...left);
  }
}

function stagingKey(writer: string, concertId: ConcertId, generation: Generation): string {
  return `${writer}|${concertId}|${generation}`;
}
