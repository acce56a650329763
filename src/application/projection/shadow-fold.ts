import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { foldEvent } from '../../domain/fold-event.ts';
import type { ConcertId, LogPosition } from '../../domain/types.ts';
import type { ProjectionObserver } from './projection-dependencies.ts';

/** Folds a partition from its first record, beside the live projection, until both are at the same offset. */
export class ShadowFold implements ProjectionObserver {
  readonly queues = new Map<ConcertId, ConcertQueue>();
  /** Events that the projection folded since `startCatchUp`; undefined before. */
  #recorded: { readonly event: QueueEvent; readonly at: LogPosition }[] | undefined;
  #caughtUp = false;

  /** @param onlyConcert fold only this concert; undefined: all concerts */
  constructor(private readonly onlyConcert: ConcertId | undefined) {}

  fold(event: QueueEvent, at: LogPosition): void {
    if (this.onlyConcert !== undefined && event.concertId !== this.onlyConcert) return;
    foldEvent(this.queues, event, at);
  }

  onEventFolded(event: QueueEvent, at: LogPosition): void {
    // After the catch-up, a concert that is missing here is new, or its rebuild has ended.
    if (this.#caughtUp) this.queues.get(event.concertId)?.apply(event, at);
    else this.#recorded?.push({ event, at });
  }

  /** From here on, events that the projection folds are recorded. */
  startCatchUp(): void {
    this.#recorded = [];
  }

  /** Call when every event before `startCatchUp` is folded; from here on both folds are at the same offset. */
  finishCatchUp(): void {
    for (const { event, at } of this.#recorded ?? []) this.fold(event, at);
    this.#recorded = undefined;
    this.#caughtUp = true;
  }
}
