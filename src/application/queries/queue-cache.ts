import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import { poll } from '../../lib/poll.ts';
import { SingleFlight } from '../../lib/single-flight.ts';
import { withFallback } from '../../lib/timeout.ts';
import { QueueError, viewBeingRebuilt } from '../errors.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { QueueViewReader, ViewHead } from '../ports/queue-view.port.ts';

/** How long the projection may take to be asked about what the log already holds. */
const CATCH_UP_MS = 1000;
const POLL = { firstMs: 5, maxMs: 50, factor: 1.5 };

export interface CachedQueue {
  readonly head: ViewHead;
  readonly attributes: QueueAttributes;
  /** Monotonic milliseconds: when it was read. */
  readonly readAt: number;
}

/** The queues as this process last saw them, so that a request for entry need not ask the view. */
export class QueueCache {
  readonly #known = new Map<ConcertId, CachedQueue>();
  readonly #reads = new SingleFlight<ConcertId, CachedQueue | undefined>();
  readonly #confirmed = new Map<ConcertId, { readonly asOf: number; readonly queue: CachedQueue }>();

  constructor(
    private readonly view: QueueViewReader,
    private readonly log: EventLog,
  ) {}

  /** Of whatever age; undefined when this process has never seen it. */
  peek(concertId: ConcertId): CachedQueue | undefined {
    return this.#known.get(concertId);
  }

  /** At most `maxAgeMs` old. @throws QueueError `CONCERT_NOT_FOUND` (certain), `PROJECTION_UNAVAILABLE` */
  async get(concertId: ConcertId, maxAgeMs: number): Promise<CachedQueue> {
    const known = this.#known.get(concertId);
    if (known && performance.now() - known.readAt <= maxAgeMs) return known;
    return (await this.#read(concertId)) ?? this.#absent(concertId);
  }

  /** Resolves if the concert is known here, or the view knows it. @throws as `get` */
  async requireExists(concertId: ConcertId): Promise<void> {
    if (!this.#known.has(concertId)) await this.get(concertId, 0);
  }

  /** Reads in the background what is older than `maxAgeMs`, once at a time. */
  refresh(concertId: ConcertId, maxAgeMs: number): void {
    const known = this.#known.get(concertId);
    if (known && performance.now() - known.readAt <= maxAgeMs) return;
    // While the view is away, what is known stays good enough: the log decides.
    this.#read(concertId).catch(() => undefined);
  }

  /** Resolves when it was read anew, or the view has not answered within so many milliseconds. */
  async renew(concertId: ConcertId, withinMs: number): Promise<void> {
    const read = this.#read(concertId).catch(() => undefined); // what is known stays known
    await withFallback(withinMs, undefined, read);
  }

  /**
   * The queue as the log has it now or had it less than `maxAgeMs` ago: all that the log held when asked is projected.
   * undefined when that cannot be said in time.
   */
  async confirmed(concertId: ConcertId, maxAgeMs: number): Promise<CachedQueue | undefined> {
    const asOf = performance.now();
    const before = this.#confirmed.get(concertId);
    if (before && asOf - before.asOf <= maxAgeMs) return before.queue;
    const partition = this.log.partitionOf(concertId);
    const end = await this.log.endOffset(partition);
    const offset = (await this.#reached(partition, concertId, end))?.concertOffset;
    if (offset === undefined) return undefined;
    // A look that was under way, and a head that is being written anew, may be older than the partition's record.
    const queue = await this.projected(concertId, offset, CATCH_UP_MS);
    if (queue) this.#confirmed.set(concertId, { asOf, queue });
    return queue;
  }

  /** Waits until the concert's view is at `offset` or beyond; undefined when it takes longer than `withinMs`. */
  async projected(concertId: ConcertId, offset: Offset, withinMs: number): Promise<CachedQueue | undefined> {
    const read = async () => {
      const queue = await this.#read(concertId).catch(() => undefined);
      return queue && queue.head.offset >= offset ? queue : undefined;
    };
    return poll(read, { ...POLL, timeoutMs: withinMs });
  }

  #read(concertId: ConcertId): Promise<CachedQueue | undefined> {
    return this.#reads.run(concertId, () => this.#readNow(concertId));
  }

  async #readNow(concertId: ConcertId): Promise<CachedQueue | undefined> {
    const readAt = performance.now();
    const found = await this.view.queue(concertId);
    if (!found) return undefined;
    const queue = { ...found, readAt };
    this.#known.set(concertId, queue);
    return queue;
  }

  /** A concert is unknown only when everything the log held is projected and the partition's record does not name it. */
  async #absent(concertId: ConcertId): Promise<never> {
    const partition = this.log.partitionOf(concertId);
    const end = await this.log.endOffset(partition);
    const progress = await this.#reached(partition, concertId, end);
    if (progress && progress.concertOffset === undefined) {
      throw new QueueError('CONCERT_NOT_FOUND', `No queue is configured for concert ${concertId}.`);
    }
    throw viewBeingRebuilt();
  }

  #reached(partition: number, concertId: ConcertId, end: Offset) {
    const read = async () => {
      const progress = await this.view.progress(partition, concertId);
      return progress && progress.checkpoint >= end - 1 ? progress : undefined;
    };
    return poll(read, { ...POLL, timeoutMs: CATCH_UP_MS });
  }
}
