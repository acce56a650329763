import type { EntryView } from '../../application/ports/queue-view.port.ts';
import type { ConcertId, UserId } from '../../domain/vocabulary.ts';

type Look = (concertId: ConcertId, userIds: readonly UserId[]) => Promise<readonly EntryView[] | undefined>;

interface Wanted {
  readonly userIds: UserId[];
  readonly resolves: ((entry: EntryView | undefined) => void)[];
  readonly rejects: ((error: unknown) => void)[];
}

/** Redis does nothing else meanwhile: about a millisecond. */
const MOST_AT_ONCE = 200;

/**
 * Makes one look of all that are wanted of a concert within one turn of the event loop. What a look costs is mostly the call and
 * the queue's own state, which are the same for all; and nobody is shown anything older than their question.
 */
export class GatheredLooks {
  readonly #wanted = new Map<ConcertId, Wanted>();

  constructor(private readonly look: Look) {}

  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    return new Promise((resolve, reject) => {
      const wanted = this.#wanted.get(concertId) ?? this.#open(concertId);
      wanted.userIds.push(userId);
      wanted.resolves.push(resolve);
      wanted.rejects.push(reject);
      if (wanted.userIds.length >= MOST_AT_ONCE) this.#close(concertId, wanted);
    });
  }

  #open(concertId: ConcertId): Wanted {
    const wanted: Wanted = { userIds: [], resolves: [], rejects: [] };
    this.#wanted.set(concertId, wanted);
    setImmediate(() => this.#close(concertId, wanted));
    return wanted;
  }

  #close(concertId: ConcertId, wanted: Wanted): void {
    if (this.#wanted.get(concertId) !== wanted) return;
    this.#wanted.delete(concertId);
    this.look(concertId, wanted.userIds).then(
      (entries) => wanted.resolves.forEach((resolve, index) => resolve(entries?.[index])),
      (error: unknown) => {
        for (const reject of wanted.rejects) reject(error);
      },
    );
  }
}
