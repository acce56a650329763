import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, EntryChange } from '../../domain/types.ts';
import type { Advance, Generation, QueueViewWriter } from '../ports/queue-view.port.ts';

const CHUNK = 500;
/** Chunks under way at once: while one is written the next ones are made. */
const SIDE_BY_SIDE = 4;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/**
 * The whole state of a concert on its way to a generation of its own, chunk by chunk while folding goes on. All of it is absolute
 * puts, so a chunk may be newer than the one before it: what was folded since overrides it.
 */
export class StagedGeneration {
  /** Folded since the last chunk that was taken. */
  added: EntryChange[] = [];
  #name: Generation = '';
  #cancelled = false;

  constructor(
    private readonly view: Pick<QueueViewWriter, 'stage'>,
    private readonly concertId: ConcertId,
    private readonly queue: ConcertQueue,
  ) {}

  add(changes: readonly EntryChange[]): void {
    for (const change of changes) this.added.push(change);
  }

  cancel(): void {
    this.#cancelled = true;
  }
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Stages all of it under a new name; little of what was folded meanwhile is left in `added`. */
  async stage(): Promise<void> {
    this.#name = `${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
    this.added = [];
    const { entries, disqualified } = this.queue.save();
    let chunk: EntryChange[] = [];
    const under = new Set<Promise<void>>();
    // In whatever order they arrive: a life that changes meanwhile is in `added` too, which follows when all of these are stored.
    const put = async () => {
      const one = this.#put(chunk).finally(() => under.delete(one));
      chunk = [];
      under.add(one);
      if (under.size >= SIDE_BY_SIDE) await Promise.race(under);
    };
    for (const entry of entries) if (chunk.push(entry) >= CHUNK) await put();
    for (const userId of disqualified) if (chunk.push({ state: 'USER_DISQUALIFIED', userId }) >= CHUNK) await put();
    await put();
    await Promise.all(under);
    while (this.added.length > CHUNK && !this.#cancelled) await this.#put(this.added.splice(0, CHUNK));
  }

  async #put(changes: readonly EntryChange[]): Promise<void> {
    await this.persist(() => this.view.stage(this.concertId, this.#name, changes));
  }

  /** What was added since, for the flip. */
  take(): EntryChange[] {
    const changes = this.added;
    this.added = [];
    return changes;
  }

  /** What makes it current, at the offset that the queue has now. */
  completion(changes: readonly EntryChange[]): Omit<Advance, 'from'> {
    return {
      concertId: this.concertId,
      generation: this.#name,
      foldVersion: FOLD_VERSION,
      to: this.queue.offset,
      attributes: this.queue.attributes(),
      changes,
    };
  }

  /** Never rejects: while the view is away it waits and tries again. @returns undefined when cancelled */
  async persist<T>(write: () => Promise<T>): Promise<T | undefined> {
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
