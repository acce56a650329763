import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { foldEvent } from '../../domain/fold-event.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { PartitionHistory } from '../projection/partition-history.ts';

/** The queues of a partition, folded from its first record up to a requested offset. */
export class PartitionFold {
  readonly queues = new Map<ConcertId, ConcertQueue>();
  #next: Offset = 0;

  constructor(readonly history: PartitionHistory) {}

  /** Folds up to and including this offset. Does nothing if it is folded already. */
  async to(offset: Offset): Promise<void> {
    if (offset < this.#next) return;
    for await (const events of this.history.events(this.#next, offset + 1))
      for (const { event, at } of events) foldEvent(this.queues, event, at);
    this.#next = offset + 1;
  }

  /** Last offset that is folded; -1 before the first. */
  get foldedTo(): Offset {
    return this.#next - 1;
  }
}
