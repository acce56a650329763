import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { Change, ConcertId, Offset } from '../../domain/vocabulary.ts';
import type { Generation, Head, QueueViewWriter } from '../ports/queue-view.port.ts';

const CHUNK = 500;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export type RewriteResult =
  | { readonly is: 'flipped'; readonly generation: Generation; readonly offset: Offset }
  /** Someone else's view is as far as ours, or of another fold version and further: not ours to replace. */
  | { readonly is: 'met'; readonly head: Head }
  | { readonly is: 'cancelled' };

/**
 * Writes the whole state of a concert to a generation of its own, chunk by chunk while folding goes on, then what was folded
 * meanwhile, then makes it current in one step. Until then readers see what was there before. All of it is absolute puts, so
 * a chunk may be newer than the one before it: what was folded since overrides it.
 */
export class ViewRewrite {
  /** Folded since the last chunk that was taken. */
  added: Change[] = [];
  #cancelled = false;

  constructor(
    private readonly view: QueueViewWriter,
    private readonly concertId: ConcertId,
    private readonly queue: ConcertQueue,
    private expected: Head | undefined,
  ) {}

  add(changes: readonly Change[]): void {
    for (const change of changes) this.added.push(change);
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /** Never rejects: while the view is away it waits and tries again. */
  async run(): Promise<RewriteResult> {
    while (!this.#cancelled) {
      const generation = `${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
      await this.#stage(generation);
      const result = await this.#flip(generation);
      if (result) return result;
    }
    return { is: 'cancelled' };
  }

  async #stage(generation: Generation): Promise<void> {
    this.added = [];
    const { lives, barred } = this.queue.save();
    let chunk: Change[] = [];
    const put = async () => {
      const changes = chunk;
      chunk = [];
      await this.#persist(() => this.view.stage(this.concertId, generation, changes));
    };
    for (const life of lives) if (chunk.push(life) >= CHUNK) await put();
    for (const userId of barred) if (chunk.push({ state: 'BARRED', userId }) >= CHUNK) await put();
    await put();
    while (this.added.length > CHUNK && !this.#cancelled) {
      chunk = this.added.splice(0, CHUNK);
      await put();
    }
  }

  /** @returns undefined when staged data was lost, and all is to be staged anew */
  async #flip(generation: Generation): Promise<RewriteResult | undefined> {
    let changes = this.added;
    this.added = [];
    while (!this.#cancelled) {
      const step = {
        generation,
        foldVersion: FOLD_VERSION,
        to: this.queue.offset,
        scalars: this.queue.scalars(),
        changes,
      };
      const outcome = await this.#persist(() => this.view.flip({ concertId: this.concertId, ...step }, this.expected));
      if (!outcome || outcome.is === 'incomplete') return undefined;
      if (outcome.is === 'flipped') return { is: 'flipped', generation, offset: step.to };
      const { head } = outcome;
      if (head?.generation === generation) return { is: 'flipped', generation, offset: head.offset }; // the reply had been lost
      if (head && head.offset >= step.to && (head.foldVersion === FOLD_VERSION || head.offset > step.to))
        return { is: 'met', head };
      this.expected = head;
      changes = [...changes, ...this.added];
      this.added = [];
    }
    return { is: 'cancelled' };
  }

  async #persist<T>(write: () => Promise<T>): Promise<T | undefined> {
    for (let wait = FIRST_PAUSE_MS; !this.#cancelled; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        return await write();
      } catch {
        // The view is away; the sweep and the flushes of other concerts say so. Here only patience helps.
        await pause(wait);
      }
    }
    return undefined;
  }
}
