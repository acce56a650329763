import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogPosition } from '../../domain/types.ts';
import type { ProjectionObserver } from './projection-dependencies.ts';

/** The queues of a partition, folded from the start beside the live ones until the two stand at the same offset. */
export class ShadowFold implements ProjectionObserver {
  readonly queues = new Map<ConcertId, ConcertQueue>();
  /** What the live fold has folded since `keepPace`; undefined before. */
  #since: { readonly event: QueueEvent; readonly at: LogPosition }[] | undefined;
  #level = false;

  /** @param only of this queue; undefined: of all */
  constructor(private readonly only: ConcertId | undefined) {}

  fold(event: QueueEvent, at: LogPosition): void {
    if (this.only !== undefined && event.concertId !== this.only) return;
    const queue = this.queues.get(event.concertId);
    if (queue) queue.apply(event, at);
    else if (event.type === 'QueueConfigured') this.queues.set(event.concertId, ConcertQueue.begin(event, at));
  }

  folded(event: QueueEvent, at: LogPosition): void {
    // Once level, a queue that is new here is new there too, and one that was let go is done with.
    if (this.#level) this.queues.get(event.concertId)?.apply(event, at);
    else this.#since?.push({ event, at });
  }

  /** From here on what the live fold folds is remembered. */
  startCatchUp(): void {
    this.#since = [];
  }

  /** Everything before `keepPace` is folded: from here on both folds stand at the same offset. */
  finishCatchUp(): void {
    for (const { event, at } of this.#since ?? []) this.fold(event, at);
    this.#since = undefined;
    this.#level = true;
  }
}
