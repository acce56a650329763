import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueConfigured, QueueEvent } from '../../domain/events.generated.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import { type ChangeSet, type ConcertId, FULL_REFRESH, type LogPosition, type Offset } from '../../domain/types.ts';
import { Mutex } from '../../lib/mutex.ts';
import type { QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { GenerationRewrite, type ReplaceableHead } from './generation-rewrite.ts';
import { StagedGeneration } from './staged-generation.ts';
import { incrementalFrom, type ViewSyncState, yieldTo } from './view-sync-state.ts';

/** One concert's queue in memory, and its view, kept in step by compare-and-set. */
export class ConcertProjection {
  #queue: ConcertQueue;
  #state: ViewSyncState;
  /** A new generation that is staged while the current one is still written incrementally. */
  #inPlaceRebuild: StagedGeneration | undefined;
  /** Consuming records and the periodic repair may both want to write. */
  readonly #mutex = new Mutex();

  private constructor(
    private readonly view: QueueViewWriter,
    readonly concertId: ConcertId,
    queue: ConcertQueue,
    state: ViewSyncState,
  ) {
    this.#queue = queue;
    this.#state = state;
  }

  /** For a queue that the log has just configured. */
  static begin(
    view: QueueViewWriter,
    event: QueueConfigured,
    at: LogPosition,
    deferredUntil: Offset,
  ): ConcertProjection {
    return new ConcertProjection(view, event.concertId, ConcertQueue.begin(event, at), {
      is: 'deferred',
      until: deferredUntil,
    });
  }

  /** Loads the queue from its view; undefined when the view cannot be used and the queue must be folded from the log. */
  static async load(view: QueueViewWriter, concertId: ConcertId): Promise<ConcertProjection | undefined> {
    const loaded = await view.load(concertId);
    if (!loaded || loaded.head.foldVersion !== FOLD_VERSION) return undefined;
    return new ConcertProjection(view, concertId, ConcertQueue.load(loaded.snapshot), incrementalFrom(loaded.head));
  }

  /** For a queue that is in the log but missing from memory and view. */
  static restore(view: QueueViewWriter, concertId: ConcertId, queue: ConcertQueue): ConcertProjection {
    return new ConcertProjection(view, concertId, queue, { is: 'deferred', until: queue.offset });
  }

  get queue(): ConcertQueue {
    return this.#queue;
  }

  /** Folds one event; its changes are written by the next `flush`. */
  fold(event: QueueEvent, at: LogPosition): ChangeSet {
    const changes = this.queue.apply(event, at);
    const state = this.#state;
    if (changes === FULL_REFRESH) {
      this.#cancelStaging();
      this.#state = { is: 'deferred', until: at.offset };
      return changes;
    }
    if (state.is === 'incremental') {
      for (const change of changes) state.pending.push(change);
      this.#inPlaceRebuild?.addChanges(changes);
    } else if (state.is === 'rewriting') state.rewrite.addChanges(changes);
    return changes;
  }

  get rebuildingInPlace(): boolean {
    return this.#inPlaceRebuild !== undefined;
  }

  get rewriting(): boolean {
    return this.#state.is === 'rewriting';
  }

  /** Not written before the log has been folded further. */
  get deferred(): boolean {
    return this.#state.is === 'deferred';
  }

  /** Number of changes folded and not yet written. */
  get pendingChanges(): number {
    return this.#state.is === 'incremental' ? this.#state.pending.length : 0;
  }

  /** As far as this process knows, the view holds exactly what is in memory. */
  get inSync(): boolean {
    return this.#state.is === 'incremental' && this.#state.storedOffset === this.queue.offset;
  }

  /** The head that the view should have; undefined while it is about to change. */
  get head(): ViewHead | undefined {
    if (this.#state.is !== 'incremental') return undefined;
    return { generation: this.#state.generation, foldVersion: FOLD_VERSION, offset: this.#state.storedOffset };
  }

  /**
   * Writes the pending changes. Rejects while the view is unavailable; calling it again is safe.
   * @param checkpoint offset up to which the partition is folded
   */
  flush(checkpoint: Offset): Promise<void> {
    return this.#mutex.runExclusive(() => this.#write(checkpoint));
  }

  async #write(checkpoint: Offset): Promise<void> {
    for (;;) {
      const state = this.#state;
      if (state.is === 'deferred' && checkpoint >= state.until) this.rewrite();
      if (state.is !== 'incremental' || state.storedOffset >= this.queue.offset) break;
      if (!(await this.#advance(state))) break;
    }
    // The view is already at or past this offset, so the pending changes are dropped.
    const state = this.#state;
    if (state.is === 'incremental' && state.storedOffset >= this.queue.offset) state.pending = [];
  }

  /** @returns whether to continue at once */
  async #advance(state: ViewSyncState & { is: 'incremental' }): Promise<boolean> {
    const { generation, storedOffset: from, pending: changes } = state;
    const to = this.queue.offset;
    const step = { concertId: this.concertId, generation, foldVersion: FOLD_VERSION, from, to, changes };
    state.pending = [];
    const restorePending = () => {
      state.pending = [...changes, ...state.pending];
    };
    const outcome = await this.view
      .advance({ ...step, attributes: this.queue.attributes() })
      .catch((error: unknown) => {
        restorePending();
        throw error;
      });
    if (this.#state !== state) return false;
    switch (outcome.is) {
      case 'applied':
      case 'already':
        state.storedOffset = to;
        return true;
      case 'ahead':
        restorePending();
        // Written here (the reply was lost) or by a newer owner: the same data, because the state depends on the offset alone.
        state.storedOffset = outcome.head.offset;
        return true;
      case 'behind':
        this.rewrite(outcome.head);
        return false;
      case 'other':
        return this.#resolveOtherHead(outcome.head);
    }
  }

  /** Another generation is current: continue from it, or replace it. */
  #resolveOtherHead(head: ViewHead): boolean {
    const state = yieldTo(head, this.queue.offset);
    if (state) this.#state = state;
    else this.rewrite(head);
    return false;
  }

  /** Starts to write the full state to a new generation; folding continues meanwhile. */
  rewrite(expected: ViewHead | undefined = this.head, replaceable: ReplaceableHead = 'older'): void {
    if (this.#state.is === 'rewriting') return;
    this.#inPlaceRebuild?.cancel();
    const rewrite = new GenerationRewrite(this.view, this.concertId, this.queue, expected, replaceable);
    const state: ViewSyncState = { is: 'rewriting', rewrite };
    this.#state = state;
    void rewrite.run().then((result) => {
      if (this.#state !== state || result.is === 'cancelled') return;
      if (result.is === 'activated') {
        this.#state = incrementalFrom(result, [...rewrite.pendingChanges]);
        return;
      }
      // The rewrite has ended. Without this state, `rewrite` would not start a new one.
      this.#state = { is: 'deferred', until: this.queue.offset };
      this.#resolveOtherHead(result.head);
    });
  }

  /**
   * Writes the full state to a new generation and activates it, while the current one is still written and read. Rejects while
   * the view is unavailable.
   *
   * @returns whether the new generation was activated; false if a rewrite is already running or another writer took over
   */
  async rebuildInPlace(): Promise<boolean> {
    if (this.#state.is !== 'incremental' || this.#inPlaceRebuild) return false;
    const staged = new StagedGeneration(this.view, this.concertId, this.queue);
    this.#inPlaceRebuild = staged;
    try {
      for (;;) {
        await staged.stage();
        const outcome = await this.#mutex.runExclusive(() => this.#activateInPlace(staged));
        if (outcome !== 'incomplete') return outcome === 'activated';
      }
    } finally {
      this.#inPlaceRebuild = undefined;
    }
  }

  async #activateInPlace(staged: StagedGeneration): Promise<'activated' | 'incomplete' | 'changed'> {
    const state = this.#state;
    if (state.is !== 'incremental' || staged.cancelled) return 'changed';
    const included = state.pending.length;
    const step = staged.activation(staged.takePending());
    const { is } = await this.view.activate(step, this.head);
    if (this.#state !== state) return 'changed';
    if (is === 'activated') {
      this.#state = incrementalFrom({ generation: step.generation, offset: step.to }, state.pending.slice(included));
    }
    return is;
  }

  /** Replaces a wrong queue in memory, and its view even if that is at the same offset. */
  replaceWith(queue: ConcertQueue): void {
    const { head } = this;
    this.#cancelStaging();
    this.#queue = queue;
    this.#state = { is: 'deferred', until: queue.offset };
    this.rewrite(head, 'older-or-equal');
  }

  /** The partition was revoked: cancels all writes in progress. */
  stopWriting(): void {
    const { is } = this.#state;
    this.#cancelStaging();
    if (is === 'rewriting') this.#state = { is: 'deferred', until: this.queue.offset };
  }

  #cancelStaging(): void {
    this.#inPlaceRebuild?.cancel();
    if (this.#state.is === 'rewriting') this.#state.rewrite.cancel();
  }
}
