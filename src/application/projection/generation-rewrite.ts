import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, EntryChange, Offset } from '../../domain/types.ts';
import type { Generation, QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { StagedGeneration } from './staged-generation.ts';

export type RewriteResult =
  | { readonly is: 'activated'; readonly generation: Generation; readonly offset: Offset }
  /** Another writer's view is at the same offset, or further: it must not be replaced. */
  | { readonly is: 'superseded'; readonly head: ViewHead }
  | { readonly is: 'cancelled' };

/** Which other head a rewrite may replace; `older-or-equal` is for a queue that was wrong in memory. */
export type ReplaceableHead = 'older' | 'older-or-equal';

/**
 * Writes the full state of a concert to a new generation while folding continues, then activates it in one step together with
 * the changes folded meanwhile. Until then readers see the previous generation.
 */
export class GenerationRewrite {
  readonly #staged: StagedGeneration;

  constructor(
    private readonly view: QueueViewWriter,
    concertId: ConcertId,
    queue: ConcertQueue,
    private expected: ViewHead | undefined,
    private readonly replaceable: ReplaceableHead = 'older',
  ) {
    this.#staged = new StagedGeneration(view, concertId, queue);
  }

  /** Changes folded since the last chunk was taken. */
  get pendingChanges(): readonly EntryChange[] {
    return this.#staged.pendingChanges;
  }

  addChanges(changes: readonly EntryChange[]): void {
    this.#staged.addChanges(changes);
  }

  cancel(): void {
    this.#staged.cancel();
  }

  /** Never rejects: retries while the view is unavailable. */
  async run(): Promise<RewriteResult> {
    while (!this.#staged.cancelled) {
      await this.#staged.stage();
      const result = await this.#activate();
      if (result) return result;
    }
    return { is: 'cancelled' };
  }

  /** @returns undefined when staged data was lost and everything must be staged again */
  async #activate(): Promise<RewriteResult | undefined> {
    const staged = this.#staged;
    let changes = staged.takePending();
    while (!staged.cancelled) {
      const step = staged.activation(changes);
      const { generation, to } = step;
      const outcome = await staged.retryUntilCancelled(() => this.view.activate(step, this.expected));
      if (!outcome || outcome.is === 'incomplete') return undefined;
      if (outcome.is === 'activated') return { is: 'activated', generation, offset: to };
      const { head } = outcome;
      if (head?.generation === generation) return { is: 'activated', generation, offset: head.offset }; // the reply was lost
      if (head && this.#mustYieldTo(head, to)) return { is: 'superseded', head };
      this.expected = head;
      changes = [...changes, ...staged.takePending()];
    }
    return { is: 'cancelled' };
  }

  #mustYieldTo(head: ViewHead, to: Offset): boolean {
    if (head.offset > to) return true;
    return head.offset === to && head.foldVersion === FOLD_VERSION && this.replaceable === 'older';
  }
}
