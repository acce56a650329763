import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { ConcertId, Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import { EntryStatus } from '../queries/entry-status.ts';
import { ConcertPoller } from './concert-poller.ts';
import { type EntrySubscriber, EntrySubscription } from './entry-subscription.ts';

/** Tells followers, of whatever door, how their entries fare: one reader of changes per concert and process. (ADR 16.) */
export class EntrySubscriptions implements BeforeApplicationShutdown {
  readonly #watches = new Map<ConcertId, ConcertPoller>();
  readonly #standing: EntryStatus;
  #followers = 0;
  #stopping = false;

  /** @param limit most followers at once */
  constructor(
    log: EventLog,
    private readonly view: QueueViewReader,
    private readonly diagnostics: Logger,
    private readonly limit: number,
  ) {
    this.#standing = new EntryStatus(log, view);
  }

  /** How many follow now. */
  get followers(): number {
    return this.#followers;
  }

  /**
   * Follows the entry of a token. The follower is never told anything before this returns.
   *
   * @param since what the follower knows already is as of this offset; undefined: it knows nothing
   * @returns stops following; to be called when the follower is gone, harmless when it was ended
   * @throws QueueError `OVERLOADED`
   */
  follow(token: EntryClaims, since: Offset | undefined, follower: EntrySubscriber): () => void {
    if (this.#stopping || this.#followers >= this.limit)
      throw new QueueError('OVERLOADED', 'This process takes no more streams at the moment.', { retryAfterSeconds: 2 });
    const { concertId } = token;
    const watch = this.#watches.get(concertId) ?? this.#watch(concertId);
    const followed = new EntrySubscription(token, since, follower);
    this.#followers += 1;
    watch.add(followed);
    return () => watch.remove(followed);
  }

  /** Ends all: they follow again elsewhere. Nobody is taken any more. */
  beforeApplicationShutdown(): void {
    this.#stopping = true;
    for (const watch of this.#watches.values()) watch.endAll('stopping');
  }

  #watch(concertId: ConcertId): ConcertPoller {
    const watch = new ConcertPoller(concertId, this.view, this.#standing, this.diagnostics, () => {
      this.#followers -= 1;
      if (watch.isEmpty) this.#watches.delete(concertId);
    });
    this.#watches.set(concertId, watch);
    return watch;
  }
}
