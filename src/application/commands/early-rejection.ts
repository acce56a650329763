import { entryConditionsOf, type QueueRejection, queueRejection } from '../../domain/rejection.ts';
import { type ConcertId, isLive, type UserId } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import type { CachedQueue, QueueCache } from '../queries/queue-cache.ts';

/** An older cached queue is refreshed in the background. */
const MAX_AGE_MS = 300;
/** An older cached queue is refreshed before it is used: its policy may require a balance now. */
const MAX_TRUSTED_AGE_MS = 1000;
/** If that refresh takes longer, the cached queue is used: the log accepts entries without the view. */
const REFRESH_TIMEOUT_MS = 100;
/** A rejection needs a queue state that the log had at most this long ago. */
const MAX_REJECTION_AGE_MS = 700;
/** No request is rejected as too early this close to the opening: clocks differ, and log time decides. */
const OPENING_SLACK_MS = 2000;

/**
 * Rejects a request before it is appended, if the fold would certainly reject it. In doubt the request passes, because the fold
 * applies the same rule. A request that passes never waits for the view while the cached queue is recent.
 */
export class EarlyRejection {
  constructor(
    private readonly queues: QueueCache,
    private readonly view: QueueViewReader,
    private readonly log: Pick<EventLog, 'now'>,
  ) {}

  /**
   * @returns the cached queue
   * @throws QueueError a `QueueRejection`; `CONCERT_NOT_FOUND`; `PROJECTION_UNAVAILABLE` if the queue was never read
   */
  check(concertId: ConcertId, userId: UserId): CachedQueue | Promise<CachedQueue> {
    const cached = this.queues.peek(concertId);
    if (!cached || this.#rejectionBy(cached)) return this.#confirm(concertId, userId);
    if (performance.now() - cached.readAt > MAX_TRUSTED_AGE_MS) return this.#checkRefreshed(concertId, userId, cached);
    this.queues.refresh(concertId, MAX_AGE_MS);
    return cached;
  }

  async #checkRefreshed(concertId: ConcertId, userId: UserId, before: CachedQueue): Promise<CachedQueue> {
    await this.queues.renew(concertId, REFRESH_TIMEOUT_MS);
    const cached = this.queues.peek(concertId) ?? before;
    return this.#rejectionBy(cached) ? this.#confirm(concertId, userId) : cached;
  }

  /** Rejects only by a queue state that includes every record of the log, and only a user without a live entry. */
  async #confirm(concertId: ConcertId, userId: UserId): Promise<CachedQueue> {
    const cached = this.queues.peek(concertId) ?? (await this.queues.get(concertId, MAX_AGE_MS));
    if (!this.#rejectionBy(cached)) return cached;
    const queue = await this.queues.confirmed(concertId, MAX_REJECTION_AGE_MS).catch(() => undefined);
    const rejection = queue && this.#rejectionBy(queue);
    if (!rejection || (await this.#mayHaveEntry(concertId, userId, queue))) return queue ?? cached;
    throw new QueueError(rejection, DETAILS[rejection]);
  }

  #rejectionBy({ attributes }: CachedQueue): QueueRejection | undefined {
    const now = this.log.now() ?? Date.now();
    return queueRejection(entryConditionsOf(attributes, now + OPENING_SLACK_MS));
  }

  /** A user with a live entry keeps it. True also if the entry cannot be read. */
  async #mayHaveEntry(concertId: ConcertId, userId: UserId, { head }: CachedQueue): Promise<boolean> {
    const entry = await this.view.entry(concertId, userId).catch(() => undefined);
    if (!entry || entry.head.offset < head.offset) return true; // the view has lost data since the queue was read
    return entry.entry !== undefined && isLive(entry.entry);
  }
}

const DETAILS: Readonly<Record<QueueRejection, string>> = {
  QUEUE_NOT_OPEN: 'The queue has not opened yet.',
  QUEUE_CLOSED: 'The queue takes no new entries.',
  QUEUE_FULL: 'The queue is full.',
};
