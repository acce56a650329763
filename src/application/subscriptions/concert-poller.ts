import type { ConcertId, Offset, UserId } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import type { EntryStatus } from '../queries/entry-status.ts';
import type { EntrySubscription, SubscriptionEnd } from './entry-subscription.ts';

const LOOK_EVERY_MS = 250;
/** Those who come together are looked for together. */
const NEWCOMERS_AFTER_MS = 5;
const AWAY_FOR_MS = 1_000;
/** Users in one look: a script holds up everyone else for as long as it runs. */
const MOST_AT_ONCE = 250;
/** Beyond that the oldest follower of the same entry is ended: a browser with many tabs, or a client that leaks connections. */
const MOST_PER_USER = 8;

/**
 * The one reader of a concert's changes in this process. It asks for the queue's head four times a second, however many
 * follow, and for entries only when the head has moved, many at a time.
 */
export class ConcertPoller {
  readonly #followed = new Map<UserId, readonly EntrySubscription[]>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #newcomers = false;

  constructor(
    private readonly concertId: ConcertId,
    private readonly view: QueueViewReader,
    private readonly standing: EntryStatus,
    private readonly diagnostics: Logger,
    private readonly onLeft: (followed: EntrySubscription) => void,
  ) {}

  get isEmpty(): boolean {
    return this.#followed.size === 0;
  }

  add(followed: EntrySubscription): void {
    const { userId } = followed.token;
    const [oldest, ...others] = this.#followed.get(userId) ?? [];
    if (oldest && others.length + 1 >= MOST_PER_USER) this.end(oldest, 'replaced');
    this.#followed.set(userId, [...(this.#followed.get(userId) ?? []), followed]);
    if (!this.#newcomers && !this.#looking) this.#lookIn(NEWCOMERS_AFTER_MS);
    this.#newcomers = true;
  }

  /** Without a word to the follower: it is gone. Harmless when said again. */
  remove(followed: EntrySubscription): void {
    const { userId } = followed.token;
    const all = this.#followed.get(userId) ?? [];
    const others = all.filter((one) => one !== followed);
    if (others.length === all.length) return;
    if (others.length > 0) this.#followed.set(userId, others);
    else this.#followed.delete(userId);
    if (this.isEmpty) clearTimeout(this.#timer);
    this.onLeft(followed);
  }

  end(followed: EntrySubscription, reason: SubscriptionEnd): void {
    this.remove(followed);
    followed.follower.end(reason);
  }

  endAll(reason: SubscriptionEnd): void {
    for (const followed of this.#all()) this.end(followed, reason);
  }

  #all(): EntrySubscription[] {
    return [...this.#followed.values()].flat();
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#newcomers = false;
    const again = await this.#lookOnce().catch((error: unknown) => this.#failed(error));
    this.#looking = false;
    if (!this.isEmpty) this.#lookIn(this.#newcomers ? NEWCOMERS_AFTER_MS : again);
  }

  /** @returns milliseconds until the next look */
  async #lookOnce(): Promise<number> {
    const queue = await this.view.queue(this.concertId);
    if (!queue) return this.#lookOutside();
    await this.#doubt(queue.head.offset);
    const now = performance.now();
    const wanting = this.#all().filter((one) => one.wantsLook(queue.head.offset, queue.attributes, now));
    for (let from = 0; from < wanting.length; from += MOST_AT_ONCE) {
      const some = wanting.slice(from, from + MOST_AT_ONCE);
      const seen = await this.view.entries(
        this.concertId,
        some.map(({ token }) => token.userId),
      );
      if (!seen) break; // its head was lost just now
      await Promise.all(some.map((followed, index) => this.#tell(followed, seen[index])));
    }
    return LOOK_EVERY_MS;
  }

  /** Who claims to know what this view does not show yet may have made that up, and would wait for ever. */
  async #doubt(head: Offset): Promise<void> {
    const ahead = this.#all().filter((one) => one.isAheadOf(head));
    const [first] = ahead;
    if (!first) return;
    const end = await this.standing.endOfLog(first.token);
    for (const followed of ahead) followed.knowsNothingFrom(end);
  }

  async #tell(followed: EntrySubscription, seen: EntryView | undefined): Promise<void> {
    if (!seen) throw new TypeError('an answer of the view is shorter than its question');
    this.#told(followed, await this.standing.inQueue(followed.token, seen));
  }

  /** The view has no such queue. */
  async #lookOutside(): Promise<number> {
    const [first] = this.#all();
    if (!first) return LOOK_EVERY_MS;
    const checkpoint = await this.standing.checkpoint(first.token);
    for (const followed of this.#all()) this.#told(followed, this.standing.outside(followed.token, checkpoint));
    return LOOK_EVERY_MS;
  }

  #told(followed: EntrySubscription, entry: Parameters<EntrySubscription['look']>[0]): void {
    const isLeft = !this.#followed.get(followed.token.userId)?.includes(followed);
    if (!isLeft && followed.look(entry, performance.now())) this.end(followed, 'over');
  }

  /** While the view is away nobody is told anything, and everybody stays. */
  #failed(error: unknown): number {
    const isAway = error instanceof QueueError && error.code === 'PROJECTION_UNAVAILABLE';
    if (!isAway) this.diagnostics.error(`following entries failed: ${String(error)}`);
    return AWAY_FOR_MS;
  }
}
