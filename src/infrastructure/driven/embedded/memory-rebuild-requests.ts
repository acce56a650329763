import type { Rebuild, RebuildProgress, RebuildRequests } from '../../../application/ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS, isOver, OWNER_TIMEOUT_MS } from '../../../application/projection/rebuild-progress.ts';
import type { ConcertId } from '../../../domain/types.ts';

const TTL_MS = 86_400_000;

interface StoredRebuild extends Omit<Rebuild, 'sinceReportMs'> {
  /** Monotonic milliseconds of the last report. */
  readonly reportedAt: number;
}

/** Rebuild requests in the memory of this process. */
export class MemoryRebuildRequests implements RebuildRequests {
  readonly #rebuilds = new Map<number, StoredRebuild>();

  /** @param owner the reporter's name, for display */
  constructor(private readonly owner: string) {}

  async request(partition: number, id: string, concertId: ConcertId | undefined): Promise<'accepted' | 'running'> {
    const other = this.#rebuilds.get(partition);
    if (other && !isOver(other.progress) && performance.now() - other.reportedAt < OWNER_TIMEOUT_MS) return 'running';
    const previous = other && { previous: { id: other.id, progress: other.progress } };
    this.#rebuilds.set(partition, {
      id,
      concertId,
      progress: INITIAL_PROGRESS,
      owner: '',
      reportedAt: performance.now(),
      ...previous,
    });
    return 'accepted';
  }

  async latest(partition: number): Promise<Rebuild | undefined> {
    const stored = this.#rebuilds.get(partition);
    if (!stored) return undefined;
    const { reportedAt, ...rebuild } = stored;
    const sinceReportMs = performance.now() - reportedAt;
    return sinceReportMs > TTL_MS ? undefined : { ...rebuild, sinceReportMs };
  }

  async report(partition: number, id: string, progress: RebuildProgress): Promise<boolean> {
    const stored = this.#rebuilds.get(partition);
    if (stored?.id !== id) return false;
    this.#rebuilds.set(partition, { ...stored, progress, owner: this.owner, reportedAt: performance.now() });
    return true;
  }
}
