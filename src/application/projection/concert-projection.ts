import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueConfigured, QueueEvent } from '../../domain/events.generated.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import { type ChangeSet, type ConcertId, FULL_REFRESH, type LogPosition, type Offset } from '../../domain/types.ts';
import { Mutex } from '../../lib/mutex.ts';
import type { QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { GenerationRewrite, type Replacing } from './generation-rewrite.ts';
import { StagedGeneration } from './staged-generation.ts';
import { following, type ViewSyncState, yieldTo } from './view-sync-state.ts';

/** One concert in memory, and its view, kept in step by compare-and-set. */
export class ConcertProjection {
  #queue: ConcertQueue;
  #state: ViewSyncState;
  /** A new generation that is written beside the one that is followed. */
  #renewal: StagedGeneration | undefined;
  /** Whoever folds and whoever looks for what is left may both want to write. */
  readonly #turns = new Mutex();

  private constructor(
    private readonly view: QueueViewWriter,
    readonly concertId: ConcertId,
    queue: ConcertQueue,
    state: ViewSyncState,
  ) {
    this.#queue = queue;
    this.#state = state;
  }

  /** A queue that the log has just configured. */
  static begin(view: QueueViewWriter, event: QueueConfigured, at: LogPosition, silentUntil: Offset): ConcertProjection {
    return new ConcertProjection(view, event.concertId, ConcertQueue.begin(event, at), {
      is: 'silent',
      from: silentUntil,
    });
  }

  /** The queue as its view holds it; undefined when there is none that can be read, and it is to be folded from the start. */
  static async load(view: QueueViewWriter, concertId: ConcertId): Promise<ConcertProjection | undefined> {
    const loaded = await view.load(concertId);
    if (!loaded || loaded.head.foldVersion !== FOLD_VERSION) return undefined;
    return new ConcertProjection(view, concertId, ConcertQueue.load(loaded.snapshot), following(loaded.head));
  }

  /** A queue that the log has, and whose view was lost without a trace. */
  static restore(view: QueueViewWriter, concertId: ConcertId, queue: ConcertQueue): ConcertProjection {
    return new ConcertProjection(view, concertId, queue, { is: 'silent', from: queue.offset });
  }

  get queue(): ConcertQueue {
    return this.#queue;
  }

  /** Folds one event; what it changed is written at the next `flush`. */
  fold(event: QueueEvent, at: LogPosition): ChangeSet {
    const effect = this.queue.apply(event, at);
    const state = this.#state;
    if (effect === FULL_REFRESH) {
      this.#giveUpWriting();
      this.#state = { is: 'silent', from: at.offset };
      return effect;
    }
    if (state.is === 'following') {
      for (const change of effect) state.pending.push(change);
      this.#renewal?.add(effect);
    } else if (state.is === 'rewriting') state.rewrite.add(effect);
    return effect;
  }

  /** Writes a new generation beside the one that readers see. */
  get renewing(): boolean {
    return this.#renewal !== undefined;
  }

  get rewriting(): boolean {
    return this.#state.is === 'rewriting';
  }

  /** Waits for the log to lead it further before it is written. */
  get silent(): boolean {
    return this.#state.is === 'silent';
  }

  /** Changes folded and not yet written. */
  get unwritten(): number {
    return this.#state.is === 'following' ? this.#state.pending.length : 0;
  }

  /** The view holds exactly what is in memory, for all we know. */
  get settled(): boolean {
    return this.#state.is === 'following' && this.#state.stored === this.queue.offset;
  }

  /** What the view should hold; undefined while that is about to change. */
  get head(): ViewHead | undefined {
    if (this.#state.is !== 'following') return undefined;
    return { generation: this.#state.generation, foldVersion: FOLD_VERSION, offset: this.#state.stored };
  }

  /**
   * Writes what was folded, all of it up to `checkpoint` being folded. Rejects while the view is away; nothing is lost by
   * calling it again.
   */
  flush(checkpoint: Offset): Promise<void> {
    return this.#turns.runExclusive(() => this.#write(checkpoint));
  }

  async #write(checkpoint: Offset): Promise<void> {
    for (;;) {
      const state = this.#state;
      if (state.is === 'silent' && checkpoint >= state.from) this.rewrite();
      if (state.is !== 'following' || state.stored >= this.queue.offset) break;
      if (!(await this.#advance(state))) break;
    }
    // Until the log has led us as far as the view already is, our changes are in it.
    const state = this.#state;
    if (state.is === 'following' && state.stored >= this.queue.offset) state.pending = [];
  }

  /** @returns whether there may be more to do at once */
  async #advance(state: ViewSyncState & { is: 'following' }): Promise<boolean> {
    const { generation, stored: from, pending: changes } = state;
    const to = this.queue.offset;
    const step = { concertId: this.concertId, generation, foldVersion: FOLD_VERSION, from, to, changes };
    state.pending = [];
    const unwritten = () => {
      state.pending = [...changes, ...state.pending];
    };
    const outcome = await this.view
      .advance({ ...step, attributes: this.queue.attributes() })
      .catch((error: unknown) => {
        unwritten();
        throw error;
      });
    if (this.#state !== state) return false;
    switch (outcome.is) {
      case 'applied':
      case 'already':
        state.stored = to;
        return true;
      case 'ahead':
        unwritten();
        // Written by us (a lost reply) or by a newer owner: the same state either way, since it depends on the offset alone.
        state.stored = outcome.head.offset;
        return true;
      case 'behind':
        this.rewrite(outcome.head);
        return false;
      case 'other':
        return this.#meet(outcome.head);
    }
  }

  /** Another generation is current: give way to it, or else replace it. */
  #meet(head: ViewHead): boolean {
    const state = yieldTo(head, this.queue.offset);
    if (state) this.#state = state;
    else this.rewrite(head);
    return false;
  }

  /** Begins to write the whole state to a new generation, while folding goes on. */
  rewrite(expected: ViewHead | undefined = this.head, replacing: Replacing = 'behind'): void {
    if (this.#state.is === 'rewriting') return;
    this.#renewal?.cancel();
    const rewrite = new GenerationRewrite(this.view, this.concertId, this.queue, expected, replacing);
    const state: ViewSyncState = { is: 'rewriting', rewrite };
    this.#state = state;
    void rewrite.run().then((result) => {
      if (this.#state !== state || result.is === 'cancelled') return;
      if (result.is === 'activated') {
        this.#state = following(result, [...rewrite.added]);
        return;
      }
      // Nothing is being written any more, or else what was folded since could not begin to be.
      this.#state = { is: 'silent', from: this.queue.offset };
      this.#meet(result.head);
    });
  }

  /**
   * Writes the whole state to a new generation while the present one goes on being written and read, and makes the new one
   * current. Rejects while the view is away.
   *
   * @returns whether it came to that: not if the view is being written whole for another reason, or is no longer ours
   */
  async rebuildInPlace(): Promise<boolean> {
    if (this.#state.is !== 'following' || this.#renewal) return false;
    const renewal = new StagedGeneration(this.view, this.concertId, this.queue);
    this.#renewal = renewal;
    try {
      for (;;) {
        await renewal.stage();
        const outcome = await this.#turns.runExclusive(() => this.#changeOver(renewal));
        if (outcome !== 'incomplete') return outcome === 'activated';
      }
    } finally {
      this.#renewal = undefined;
    }
  }

  async #changeOver(renewal: StagedGeneration): Promise<'activated' | 'incomplete' | 'changed'> {
    const state = this.#state;
    if (state.is !== 'following' || renewal.cancelled) return 'changed';
    const inStep = state.pending.length;
    const step = renewal.completion(renewal.take());
    const { is } = await this.view.activate(step, this.head);
    if (this.#state !== state) return 'changed';
    if (is === 'activated') {
      this.#state = following({ generation: step.generation, offset: step.to }, state.pending.slice(inStep));
    }
    return is;
  }

  /** Memory was wrong: from now on this is the queue, and the view is replaced whatever it holds. */
  replaceWith(queue: ConcertQueue): void {
    const { head } = this;
    this.#giveUpWriting();
    this.#queue = queue;
    this.#state = { is: 'silent', from: queue.offset };
    this.rewrite(head, 'wrong');
  }

  /** No longer ours to write. What was under way is given up. */
  abandon(): void {
    const { is } = this.#state;
    this.#giveUpWriting();
    if (is === 'rewriting') this.#state = { is: 'silent', from: this.queue.offset };
  }

  #giveUpWriting(): void {
    this.#renewal?.cancel();
    if (this.#state.is === 'rewriting') this.#state.rewrite.cancel();
  }
}
