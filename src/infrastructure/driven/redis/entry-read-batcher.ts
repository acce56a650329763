import type { EntryView } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, UserId } from '../../../domain/types.ts';

type ReadEntries = (concertId: ConcertId, userIds: readonly UserId[]) => Promise<readonly EntryView[] | undefined>;

interface ReadBatch {
  readonly userIds: UserId[];
  readonly resolves: ((entry: EntryView | undefined) => void)[];
  readonly rejects: ((error: unknown) => void)[];
}

/** The reads of one concert. */
interface ConcertReads {
  /** Batches that were sent and are not completed. */
  inFlight: number;
  /** The last batch was sent less than MIN_INTERVAL_MS ago. */
  paced: boolean;
  /** Collects the reads that are not sent yet. */
  nextBatch: ReadBatch | undefined;
}

/** Redis needs about a millisecond for a full batch and runs nothing else meanwhile. */
const MAX_BATCH_SIZE = 200;
/** Minimum time between batches. A call costs more than the reads in it, and users do not notice 2 ms. */
const MIN_INTERVAL_MS = 2;
/** Maximum wait for a batch in flight: Redis may be slow or unavailable. */
const MAX_WAIT_MS = 4;

/**
 * Combines reads of the same concert. Reads made in one turn of the event loop form a batch; under load, a batch collects reads
 * until the previous one is completed and 2 ms old. Every read is sent after it was requested, so no result is older than its
 * request.
 */
export class EntryReadBatcher {
  readonly #concerts = new Map<ConcertId, ConcertReads>();

  constructor(private readonly readEntries: ReadEntries) {}

  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    return new Promise((resolve, reject) => {
      const reads = this.#readsOf(concertId);
      const batch = (reads.nextBatch ??= this.#openBatch(concertId, reads));
      batch.userIds.push(userId);
      batch.resolves.push(resolve);
      batch.rejects.push(reject);
      if (batch.userIds.length >= MAX_BATCH_SIZE) this.#sendBatch(concertId, reads, batch);
    });
  }

  #readsOf(concertId: ConcertId): ConcertReads {
    let reads = this.#concerts.get(concertId);
    if (!reads) this.#concerts.set(concertId, (reads = { inFlight: 0, paced: false, nextBatch: undefined }));
    return reads;
  }

  #openBatch(concertId: ConcertId, reads: ConcertReads): ReadBatch {
    const batch: ReadBatch = { userIds: [], resolves: [], rejects: [] };
    const send = (): void => this.#sendBatch(concertId, reads, batch);
    if (reads.inFlight === 0 && !reads.paced) setImmediate(send);
    else setTimeout(send, MAX_WAIT_MS);
    return batch;
  }

  #sendBatch(concertId: ConcertId, reads: ConcertReads, batch: ReadBatch): void {
    if (reads.nextBatch !== batch) return;
    reads.nextBatch = undefined;
    reads.inFlight += 1;
    this.#pace(concertId, reads);
    this.readEntries(concertId, batch.userIds).then(
      (entries) => {
        this.#completed(concertId, reads);
        batch.resolves.forEach((resolve, index) => resolve(entries?.[index]));
      },
      (error: unknown) => {
        this.#completed(concertId, reads);
        for (const reject of batch.rejects) reject(error);
      },
    );
  }

  #pace(concertId: ConcertId, reads: ConcertReads): void {
    if (reads.paced) return;
    reads.paced = true;
    setTimeout(() => {
      reads.paced = false;
      this.#sendNext(concertId, reads);
    }, MIN_INTERVAL_MS);
  }

  /** Runs before the callers' promises resolve, so that Redis does not wait for the callers. */
  #completed(concertId: ConcertId, reads: ConcertReads): void {
    reads.inFlight -= 1;
    this.#sendNext(concertId, reads);
  }

  #sendNext(concertId: ConcertId, reads: ConcertReads): void {
    if (reads.inFlight > 0 || reads.paced) return;
    if (reads.nextBatch) this.#sendBatch(concertId, reads, reads.nextBatch);
    else this.#concerts.delete(concertId);
  }
}
