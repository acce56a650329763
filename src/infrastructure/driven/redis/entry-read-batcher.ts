import type { EntryView } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, UserId } from '../../../domain/types.ts';

type ReadEntries = (concertId: ConcertId, userIds: readonly UserId[]) => Promise<readonly EntryView[] | undefined>;

interface ReadBatch {
  readonly userIds: UserId[];
  readonly resolves: ((entry: EntryView | undefined) => void)[];
  readonly rejects: ((error: unknown) => void)[];
}

/** Of one concert. */
interface ConcertReads {
  /** Looks that are not answered yet. */
  inFlight: number;
  /** The last look left just now. */
  paced: boolean;
  /** Who waits for the next. */
  nextBatch: ReadBatch | undefined;
}

/** Redis does nothing else meanwhile: about a millisecond. */
const MAX_BATCH_SIZE = 200;
/** Looks leave at most so often: two milliseconds more are nothing to a person, and a call for each of them is most of what a look costs. */
const MIN_INTERVAL_MS = 2;
/** The longest that anybody waits for the look of others to be answered: Redis may be slow, or away. */
const MAX_WAIT_MS = 4;

/**
 * Makes one look of all that are wanted of a concert within one turn of the event loop, and under load of all that come until
 * the last look is answered and 2 ms old. What a look costs is mostly the call and the queue's own state, which are the same for
 * all: the more ask, the more share them. Nobody is shown anything older than their question.
 */
export class EntryReadBatcher {
  readonly #concerts = new Map<ConcertId, ConcertReads>();

  constructor(private readonly readEntries: ReadEntries) {}

  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    return new Promise((resolve, reject) => {
      const queue = this.#readsOf(concertId);
      const wanted = (queue.nextBatch ??= this.#openBatch(concertId, queue));
      wanted.userIds.push(userId);
      wanted.resolves.push(resolve);
      wanted.rejects.push(reject);
      if (wanted.userIds.length >= MAX_BATCH_SIZE) this.#sendBatch(concertId, queue, wanted);
    });
  }

  #readsOf(concertId: ConcertId): ConcertReads {
    let queue = this.#concerts.get(concertId);
    if (!queue) this.#concerts.set(concertId, (queue = { inFlight: 0, paced: false, nextBatch: undefined }));
    return queue;
  }

  #openBatch(concertId: ConcertId, queue: ConcertReads): ReadBatch {
    const wanted: ReadBatch = { userIds: [], resolves: [], rejects: [] };
    const close = (): void => this.#sendBatch(concertId, queue, wanted);
    if (queue.inFlight === 0 && !queue.paced) setImmediate(close);
    else setTimeout(close, MAX_WAIT_MS);
    return wanted;
  }

  #sendBatch(concertId: ConcertId, queue: ConcertReads, wanted: ReadBatch): void {
    if (queue.nextBatch !== wanted) return;
    queue.nextBatch = undefined;
    queue.inFlight += 1;
    this.#pace(concertId, queue);
    this.readEntries(concertId, wanted.userIds).then(
      (entries) => {
        this.#completed(concertId, queue);
        wanted.resolves.forEach((resolve, index) => resolve(entries?.[index]));
      },
      (error: unknown) => {
        this.#completed(concertId, queue);
        for (const reject of wanted.rejects) reject(error);
      },
    );
  }

  #pace(concertId: ConcertId, queue: ConcertReads): void {
    if (queue.paced) return;
    queue.paced = true;
    setTimeout(() => {
      queue.paced = false;
      this.#sendNext(concertId, queue);
    }, MIN_INTERVAL_MS);
  }

  /** To be told before those who asked, so that Redis does not wait for our callers. */
  #completed(concertId: ConcertId, queue: ConcertReads): void {
    queue.inFlight -= 1;
    this.#sendNext(concertId, queue);
  }

  #sendNext(concertId: ConcertId, queue: ConcertReads): void {
    if (queue.inFlight > 0 || queue.paced) return;
    if (queue.nextBatch) this.#sendBatch(concertId, queue, queue.nextBatch);
    else this.#concerts.delete(concertId);
  }
}
