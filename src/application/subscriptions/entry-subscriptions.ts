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

/** The subscriptions of all APIs of this process: one reader of changes for each concert. (ADR 16.) */
export class EntrySubscriptions implements BeforeApplicationShutdown {
  readonly #pollers = new Map<ConcertId, ConcertPoller>();
  readonly #status: EntryStatus;
  #count = 0;
  #stopping = false;

  /** @param limit of open subscriptions in this process */
  constructor(
    log: EventLog,
    private readonly view: QueueViewReader,
    private readonly logger: Logger,
    private readonly limit: number,
  ) {
    this.#status = new EntryStatus(log, view);
  }

  /** Open subscriptions. */
  get count(): number {
    return this.#count;
  }

  /**
   * Subscribes to the entry of a token. The subscriber receives nothing before this returns.
   *
   * @param since offset of the document that the subscriber has; undefined: none
   * @returns unsubscribes; harmless after the subscription has ended
   * @throws QueueError `OVERLOADED`
   */
  subscribe(token: EntryClaims, since: Offset | undefined, subscriber: EntrySubscriber): () => void {
    if (this.#stopping || this.#count >= this.limit)
      throw new QueueError('OVERLOADED', 'This process accepts no more streams.', { retryAfterSeconds: 2 });
    const { concertId } = token;
    const poller = this.#pollers.get(concertId) ?? this.#startPoller(concertId);
    const subscription = new EntrySubscription(token, since, subscriber);
    this.#count += 1;
    poller.add(subscription);
    return () => poller.remove(subscription);
  }

  /** Ends all subscriptions and accepts no more: clients subscribe again at another process. */
  beforeApplicationShutdown(): void {
    this.#stopping = true;
    for (const poller of this.#pollers.values()) poller.endAll('stopping');
  }

  #startPoller(concertId: ConcertId): ConcertPoller {
    const poller = new ConcertPoller(concertId, this.view, this.#status, this.logger, () => {
      this.#count -= 1;
      if (poller.isEmpty) this.#pollers.delete(concertId);
    });
    this.#pollers.set(concertId, poller);
    return poller;
  }
}
