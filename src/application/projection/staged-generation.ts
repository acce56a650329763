import { randomBytes } from 'node:crypto';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { ConcertId, EntryChange } from '../../domain/types.ts';
import { retry } from '../../lib/retry.ts';
import type { Advance, Generation, QueueViewWriter } from '../ports/queue-view.port.ts';

const CHUNK_SIZE = 500;
/** While one chunk is written, the next ones are encoded. */
const MAX_CONCURRENT_CHUNKS = 4;
const BACKOFF = { firstMs: 50, maxMs: 2000 };

/**
 * Writes the full state of a concert to a new generation, chunk by chunk while folding continues. Every change is absolute, so a
 * chunk may be newer than the one before it; later changes override it.
 */
export class StagedGeneration {
  /** Changes folded since the last chunk was taken. */
  pendingChanges: EntryChange[] = [];
  #generation: Generation = '';
  readonly #cancelling = new AbortController();

  constructor(
    private readonly view: Pick<QueueViewWriter, 'stage'>,
    private readonly concertId: ConcertId,
    private readonly queue: ConcertQueue,
  ) {}

  addChanges(changes: readonly EntryChange[]): void {
    for (const change of changes) this.pendingChanges.push(change);
  }

  cancel(): void {
    this.#cancelling.abort();
  }
  get cancelled(): boolean {
    return this.#cancelling.signal.aborted;
  }

  /** Stages the full state under a new name; at most one chunk of later changes remains in `pendingChanges`. */
  async stage(): Promise<void> {
    this.#generation = `${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
    this.pendingChanges = [];
    const { entries, disqualified } = this.queue.save();
    let chunk: EntryChange[] = [];
    const inFlight = new Set<Promise<void>>();
    // Chunks may arrive in any order: an entry that changes meanwhile is also in `pendingChanges`, which is staged after them.
    const stageNext = async () => {
      const write = this.#stageChunk(chunk).finally(() => inFlight.delete(write));
      chunk = [];
      inFlight.add(write);
      if (inFlight.size >= MAX_CONCURRENT_CHUNKS) await Promise.race(inFlight);
    };
    for (const entry of entries) if (chunk.push(entry) >= CHUNK_SIZE) await stageNext();
    for (const userId of disqualified)
      if (chunk.push({ state: 'USER_DISQUALIFIED', userId }) >= CHUNK_SIZE) await stageNext();
    await stageNext();
    await Promise.all(inFlight);
    while (this.pendingChanges.length > CHUNK_SIZE && !this.cancelled)
      await this.#stageChunk(this.pendingChanges.splice(0, CHUNK_SIZE));
  }

  async #stageChunk(changes: readonly EntryChange[]): Promise<void> {
    await this.retryUntilCancelled(() => this.view.stage(this.concertId, this.#generation, changes));
  }

  /** The changes to write together with the activation. */
  takePending(): EntryChange[] {
    const changes = this.pendingChanges;
    this.pendingChanges = [];
    return changes;
  }

  /** The step that activates this generation at the queue's current offset. */
  activation(changes: readonly EntryChange[]): Omit<Advance, 'from'> {
    return {
      concertId: this.concertId,
      generation: this.#generation,
      foldVersion: FOLD_VERSION,
      to: this.queue.offset,
      attributes: this.queue.attributes(),
      changes,
    };
  }

  /** Never rejects: retries while the view is unavailable, which the heartbeat logs. @returns undefined when cancelled */
  retryUntilCancelled<T>(write: () => Promise<T>): Promise<T | undefined> {
    return retry(write, { ...BACKOFF, signal: this.#cancelling.signal });
  }
}
