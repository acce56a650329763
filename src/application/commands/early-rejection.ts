import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import { type ConcertId, isLive, type UserId } from '../../domain/types.ts';
import { type ErrorCode, QueueError } from '../errors.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import type { CachedQueue, QueueCache } from '../queries/queue-cache.ts';

/** What is known is read anew in the background when it is older. */
const STALE_MS = 300;
/** A policy known this long is asked for again before anybody enters by it: it may ask for a balance by now. */
const TRUSTED_MS = 1000;
/** While the view does not say so soon, the policy last known holds: the log takes entries without the view. */
const RENEWED_WITHIN_MS = 100;
/** A refusal is given only on what the log held less than this ago. */
const REFUSAL_MAX_AGE_MS = 700;
/** Nobody is told "not open" this close to the opening: clocks differ, and the log decides. */
const OPENING_SLACK_MS = 2000;

type Refusal = Extract<ErrorCode, 'QUEUE_NOT_OPEN' | 'QUEUE_CLOSED' | 'QUEUE_FULL'>;

/**
 * Tells early, without a place in the log, whom the queue would refuse. A courtesy: it refuses only what is certain, and in every
 * doubt lets pass, since the fold judges anyhow. While entries come, a queue that is known is looked at in the background alone.
 */
export class EarlyRejection {
  constructor(
    private readonly queues: QueueCache,
    private readonly view: QueueViewReader,
  ) {}

  /** @returns the queue as known. @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE` (never seen), or a refusal */
  check(concertId: ConcertId, userId: UserId): CachedQueue | Promise<CachedQueue> {
    const known = this.queues.peek(concertId);
    if (!known || refusalOf(known.attributes)) return this.#ask(concertId, userId);
    if (performance.now() - known.readAt > TRUSTED_MS) return this.#renewed(concertId, userId, known);
    this.queues.refresh(concertId, STALE_MS);
    return known;
  }

  async #renewed(concertId: ConcertId, userId: UserId, before: CachedQueue): Promise<CachedQueue> {
    await this.queues.renew(concertId, RENEWED_WITHIN_MS);
    const known = this.queues.peek(concertId) ?? before;
    return refusalOf(known.attributes) ? this.#ask(concertId, userId) : known;
  }

  async #ask(concertId: ConcertId, userId: UserId): Promise<CachedQueue> {
    const known = this.queues.peek(concertId) ?? (await this.queues.get(concertId, STALE_MS));
    if (!refusalOf(known.attributes)) return known;
    const queue = await this.queues.confirmed(concertId, REFUSAL_MAX_AGE_MS).catch(() => undefined);
    const refusal = queue && refusalOf(queue.attributes);
    if (!refusal || (await this.#mayHavePlace(concertId, userId, queue))) return queue ?? known;
    throw new QueueError(refusal, WORDS[refusal]);
  }

  /** Whoever has a place keeps it by asking again, whatever the queue says to newcomers; who cannot be seen may have one. */
  async #mayHavePlace(concertId: ConcertId, userId: UserId, { head }: CachedQueue): Promise<boolean> {
    const entry = await this.view.entry(concertId, userId).catch(() => undefined);
    if (!entry || entry.head.offset < head.offset) return true; // the view was lost, or set back, since the queue was read
    return entry.entry !== undefined && isLive(entry.entry);
  }
}

const WORDS: Readonly<Record<Refusal, string>> = {
  QUEUE_NOT_OPEN: 'The queue has not opened yet.',
  QUEUE_CLOSED: 'The queue takes no new entries.',
  QUEUE_FULL: 'The queue is full.',
};

function refusalOf({ policy, closed, openedAt, draw, counts }: QueueAttributes): Refusal | undefined {
  if (closed) return 'QUEUE_CLOSED';
  const registers = policy.beforeOpening === 'draw' && draw !== null;
  const aboutToOpen = policy.opensAt !== null && Date.now() >= policy.opensAt - OPENING_SLACK_MS;
  if (openedAt === null && !registers && !aboutToOpen) return 'QUEUE_NOT_OPEN';
  return policy.maximumWaiting !== null && counts.waiting + counts.registered >= policy.maximumWaiting
    ? 'QUEUE_FULL'
    : undefined;
}
