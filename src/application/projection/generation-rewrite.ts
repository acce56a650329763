import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, EntryChange, Offset } from '../../domain/types.ts';
import type { Generation, QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import { StagedGeneration } from './staged-generation.ts';

export type RewriteResult =
  | { readonly is: 'activated'; readonly generation: Generation; readonly offset: Offset }
  /** Someone else's view is as far as ours, or of another fold version and further: not ours to replace. */
  | { readonly is: 'met'; readonly head: ViewHead }
  | { readonly is: 'cancelled' };

/** Whose view is replaced: `behind`, one that has lost something; `wrong`, also one that is as far as ours. */
export type Replacing = 'behind' | 'wrong';

/**
 * Writes the whole state of a concert to a generation of its own while folding goes on, then what was folded meanwhile, then
 * makes it current in one step. Until then readers see what was there before.
 */
export class GenerationRewrite {
  readonly #staged: StagedGeneration;

  constructor(
    private readonly view: QueueViewWriter,
    concertId: ConcertId,
    queue: ConcertQueue,
    private expected: ViewHead | undefined,
    private readonly replacing: Replacing = 'behind',
  ) {
    this.#staged = new StagedGeneration(view, concertId, queue);
  }

  /** Folded since the last chunk that was taken. */
  get added(): readonly EntryChange[] {
    return this.#staged.added;
  }

  add(changes: readonly EntryChange[]): void {
    this.#staged.add(changes);
  }

  cancel(): void {
    this.#staged.cancel();
  }

  /** Never rejects: while the view is away it waits and tries again. */
  async run(): Promise<RewriteResult> {
    while (!this.#staged.cancelled) {
      await this.#staged.stage();
      const result = await this.#activate();
      if (result) return result;
    }
    return { is: 'cancelled' };
  }

  /** @returns undefined when staged data was lost, and all is to be staged anew */
  async #activate(): Promise<RewriteResult | undefined> {
    const staged = this.#staged;
    let changes = staged.take();
    while (!staged.cancelled) {
      const step = staged.completion(changes);
      const { generation, to } = step;
      const outcome = await staged.persist(() => this.view.activate(step, this.expected));
      if (!outcome || outcome.is === 'incomplete') return undefined;
      if (outcome.is === 'activated') return { is: 'activated', generation, offset: to };
      const { head } = outcome;
      if (head?.generation === generation) return { is: 'activated', generation, offset: head.offset }; // the reply had been lost
      if (head && this.#isOthers(head, to)) return { is: 'met', head };
      this.expected = head;
      changes = [...changes, ...staged.take()];
    }
    return { is: 'cancelled' };
  }

  #isOthers(head: ViewHead, to: Offset): boolean {
    if (head.offset > to) return true;
    return head.offset === to && head.foldVersion === FOLD_VERSION && this.replacing === 'behind';
  }
}
