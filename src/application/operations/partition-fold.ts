import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { LoggedEvent, PartitionHistory } from '../projection/partition-history.ts';

/** The queues of a partition, folded from its first record as far as was asked for. */
export class PartitionFold {
  readonly queues = new Map<ConcertId, ConcertQueue>();
  #next: Offset = 0;

  constructor(readonly history: PartitionHistory) {}

  /** Folds on to this offset, included; where that is behind, nothing happens. */
  async to(offset: Offset): Promise<void> {
    if (offset < this.#next) return;
    for await (const events of this.history.events(this.#next, offset + 1)) for (const one of events) this.#fold(one);
    this.#next = offset + 1;
  }

  /** Last offset that is folded; -1 before the first. */
  get foldedTo(): Offset {
    return this.#next - 1;
  }

  #fold({ event, at }: LoggedEvent): void {
    const queue = this.queues.get(event.concertId);
    if (queue) queue.apply(event, at);
    else if (event.type === 'QueueConfigured') this.queues.set(event.concertId, ConcertQueue.begin(event, at));
  }
}
