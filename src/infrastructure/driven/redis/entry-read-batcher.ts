import type { EntryView } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, UserId } from '../../../domain/types.ts';

type Look = (concertId: ConcertId, userIds: readonly UserId[]) => Promise<readonly EntryView[] | undefined>;

interface Wanted {
  readonly userIds: UserId[];
  readonly resolves: ((entry: EntryView | undefined) => void)[];
  readonly rejects: ((error: unknown) => void)[];
}

/** Of one concert. */
interface Queue {
  /** Looks that are not answered yet. */
  underWay: number;
  /** The last look left just now. */
  resting: boolean;
  /** Who waits for the next. */
  wanted: Wanted | undefined;
}

/** Redis does nothing else meanwhile: about a millisecond. */
const MOST_AT_ONCE = 200;
/** Looks leave at most so often: two milliseconds more are nothing to a person, and a call for each of them is most of what a look costs. */
const PACE_MS = 2;
/** The longest that anybody waits for the look of others to be answered: Redis may be slow, or away. */
const PATIENCE_MS = 4;

/**
 * Makes one look of all that are wanted of a concert within one turn of the event loop, and under load of all that come until
 * the last look is answered and 2 ms old. What a look costs is mostly the call and the queue's own state, which are the same for
 * all: the more ask, the more share them. Nobody is shown anything older than their question.
 */
export class EntryReadBatcher {
  readonly #queues = new Map<ConcertId, Queue>();

  constructor(private readonly look: Look) {}

  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    return new Promise((resolve, reject) => {
      const queue = this.#queueOf(concertId);
      const wanted = (queue.wanted ??= this.#open(concertId, queue));
      wanted.userIds.push(userId);
      wanted.resolves.push(resolve);
      wanted.rejects.push(reject);
      if (wanted.userIds.length >= MOST_AT_ONCE) this.#close(concertId, queue, wanted);
    });
  }

  #queueOf(concertId: ConcertId): Queue {
    let queue = this.#queues.get(concertId);
    if (!queue) this.#queues.set(concertId, (queue = { underWay: 0, resting: false, wanted: undefined }));
    return queue;
  }

  #open(concertId: ConcertId, queue: Queue): Wanted {
    const wanted: Wanted = { userIds: [], resolves: [], rejects: [] };
    const close = (): void => this.#close(concertId, queue, wanted);
    if (queue.underWay === 0 && !queue.resting) setImmediate(close);
    else setTimeout(close, PATIENCE_MS);
    return wanted;
  }

  #close(concertId: ConcertId, queue: Queue, wanted: Wanted): void {
    if (queue.wanted !== wanted) return;
    queue.wanted = undefined;
    queue.underWay += 1;
    this.#rest(concertId, queue);
    this.look(concertId, wanted.userIds).then(
      (entries) => {
        this.#answered(concertId, queue);
        wanted.resolves.forEach((resolve, index) => resolve(entries?.[index]));
      },
      (error: unknown) => {
        this.#answered(concertId, queue);
        for (const reject of wanted.rejects) reject(error);
      },
    );
  }

  #rest(concertId: ConcertId, queue: Queue): void {
    if (queue.resting) return;
    queue.resting = true;
    setTimeout(() => {
      queue.resting = false;
      this.#next(concertId, queue);
    }, PACE_MS);
  }

  /** To be told before those who asked, so that Redis does not wait for our callers. */
  #answered(concertId: ConcertId, queue: Queue): void {
    queue.underWay -= 1;
    this.#next(concertId, queue);
  }

  #next(concertId: ConcertId, queue: Queue): void {
    if (queue.underWay > 0 || queue.resting) return;
    if (queue.wanted) this.#close(concertId, queue, queue.wanted);
    else this.#queues.delete(concertId);
  }
}
