import type { ConcertId, Offset, UserId } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import type { EntryStatus } from '../queries/entry-status.ts';
import type { EntryDocument } from '../queries/get-my-entry.query.ts';
import type { EntrySubscription, SubscriptionEnd } from './entry-subscription.ts';
import { QueueStatusCache } from './queue-status-cache.ts';

const POLL_MS = 250;
/** Subscriptions that start within this time are read together. */
const FIRST_POLL_MS = 5;
const RETRY_MS = 1_000;
/** Users in one read: Redis serves no other client while a script runs. */
const MAX_USERS_PER_READ = 250;
/** Beyond this the oldest subscription of the entry ends: a browser with many tabs, or a client that leaks connections. */
const MAX_PER_USER = 8;

/**
 * The one reader of a concert's changes in this process. It reads the view head four times a second for all subscriptions, and
 * entries, many in one read, only if the head has moved.
 */
export class ConcertPoller {
  readonly #subscriptions = new Map<UserId, readonly EntrySubscription[]>();
  readonly #queueStatus = new QueueStatusCache();
  #timer: NodeJS.Timeout | undefined;
  #polling = false;
  #hasNew = false;

  constructor(
    private readonly concertId: ConcertId,
    private readonly view: QueueViewReader,
    private readonly status: EntryStatus,
    private readonly logger: Logger,
    private readonly onRemoved: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.#subscriptions.size === 0;
  }

  add(subscription: EntrySubscription): void {
    const { userId } = subscription.token;
    const [oldest, ...others] = this.#subscriptions.get(userId) ?? [];
    if (oldest && others.length + 1 >= MAX_PER_USER) this.end(oldest, 'replaced');
    this.#subscriptions.set(userId, [...(this.#subscriptions.get(userId) ?? []), subscription]);
    if (!this.#hasNew && !this.#polling) this.#schedule(FIRST_POLL_MS);
    this.#hasNew = true;
  }

  /** Removes a subscription whose subscriber is gone. Harmless when repeated. */
  remove(subscription: EntrySubscription): void {
    const { userId } = subscription.token;
    const all = this.#subscriptions.get(userId) ?? [];
    const others = all.filter((one) => one !== subscription);
    if (others.length === all.length) return;
    if (others.length > 0) this.#subscriptions.set(userId, others);
    else this.#subscriptions.delete(userId);
    if (this.isEmpty) clearTimeout(this.#timer);
    this.onRemoved();
  }

  end(subscription: EntrySubscription, reason: SubscriptionEnd): void {
    this.remove(subscription);
    subscription.subscriber.end(reason);
  }

  endAll(reason: SubscriptionEnd): void {
    for (const subscription of this.#all()) this.end(subscription, reason);
  }

  #all(): EntrySubscription[] {
    return [...this.#subscriptions.values()].flat();
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), ms);
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    this.#hasNew = false;
    const next = await this.#pollOnce().catch((error: unknown) => this.#failed(error));
    this.#polling = false;
    if (!this.isEmpty) this.#schedule(this.#hasNew ? FIRST_POLL_MS : next);
  }

  /** @returns milliseconds until the next poll */
  async #pollOnce(): Promise<number> {
    const queue = await this.view.queue(this.concertId);
    if (!queue) return this.#publishWithoutQueue();
    await this.#dropImpossibleOffsets(queue.head.offset);
    const status = this.#queueStatus.at(queue.head.offset, queue.attributes);
    for (const subscription of this.#all()) subscription.publishQueue(status, queue.head.offset);
    const now = performance.now();
    const due = this.#all().filter((one) => one.isDue(queue.head.offset, queue.attributes, now));
    for (let from = 0; from < due.length; from += MAX_USERS_PER_READ) {
      const some = due.slice(from, from + MAX_USERS_PER_READ);
      const seen = await this.view.entries(
        this.concertId,
        some.map(({ token }) => token.userId),
      );
      if (!seen) break; // the view has just lost the head
      await Promise.all(some.map((subscription, index) => this.#publishView(subscription, seen[index])));
    }
    return POLL_MS;
  }

  /** A subscriber may name an offset beyond the end of the log; without this check it would wait forever. */
  async #dropImpossibleOffsets(head: Offset): Promise<void> {
    const ahead = this.#all().filter((one) => one.isAheadOf(head));
    const [first] = ahead;
    if (!first) return;
    const end = await this.status.endOfLog(first.token);
    for (const subscription of ahead) subscription.dropOffsetFrom(end);
  }

  async #publishView(subscription: EntrySubscription, seen: EntryView | undefined): Promise<void> {
    if (!seen) throw new TypeError('the view returned fewer entries than requested');
    this.#publish(subscription, await this.status.inQueue(subscription.token, seen));
  }

  async #publishWithoutQueue(): Promise<number> {
    const [first] = this.#all();
    if (!first) return POLL_MS;
    const checkpoint = await this.status.checkpoint(first.token);
    for (const subscription of this.#all())
      this.#publish(subscription, this.status.withoutQueue(subscription.token, checkpoint));
    return POLL_MS;
  }

  #publish(subscription: EntrySubscription, entry: EntryDocument): void {
    const isRemoved = !this.#subscriptions.get(subscription.token.userId)?.includes(subscription);
    if (!isRemoved && subscription.publish(entry, performance.now())) this.end(subscription, 'over');
  }

  /** While the view is unavailable, subscribers receive nothing and stay. */
  #failed(error: unknown): number {
    const isUnavailable = error instanceof QueueError && error.code === 'PROJECTION_UNAVAILABLE';
    if (!isUnavailable) this.logger.error(`polling entries failed: ${String(error)}`);
    return RETRY_MS;
  }
}
