import type { Rebuild, RebuildProgress, RebuildRequests } from '../../../application/ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS, isOver, OWNER_TIMEOUT_MS } from '../../../application/projection/rebuild-progress.ts';
import type { ConcertId } from '../../../domain/types.ts';

const KEPT_FOR_MS = 86_400_000;

interface Stored extends Omit<Rebuild, 'silentMs'> {
  /** Monotonic milliseconds of the last report. */
  readonly at: number;
}

/** Rebuilds asked for in this process's memory. */
export class MemoryRebuildRequests implements RebuildRequests {
  readonly #rebuilds = new Map<number, Stored>();

  /** @param owner the reporter's name, for display */
  constructor(private readonly owner: string) {}

  async request(partition: number, id: string, concertId: ConcertId | undefined): Promise<'accepted' | 'running'> {
    const other = this.#rebuilds.get(partition);
    if (other && !isOver(other.progress) && performance.now() - other.at < OWNER_TIMEOUT_MS) return 'running';
    const before = other && { before: { id: other.id, progress: other.progress } };
    this.#rebuilds.set(partition, {
      id,
      concertId,
      progress: INITIAL_PROGRESS,
      owner: '',
      at: performance.now(),
      ...before,
    });
    return 'accepted';
  }

  async look(partition: number): Promise<Rebuild | undefined> {
    const stored = this.#rebuilds.get(partition);
    if (!stored) return undefined;
    const { at, ...rebuild } = stored;
    const silentMs = performance.now() - at;
    return silentMs > KEPT_FOR_MS ? undefined : { ...rebuild, silentMs };
  }

  async report(partition: number, id: string, progress: RebuildProgress): Promise<boolean> {
    const stored = this.#rebuilds.get(partition);
    if (stored?.id !== id) return false;
    this.#rebuilds.set(partition, { ...stored, progress, owner: this.owner, at: performance.now() });
    return true;
  }
}
