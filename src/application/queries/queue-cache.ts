import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { ConcertId, Offset } from '../../domain/types.ts';
import { CoalescedCall } from '../../lib/coalesced-call.ts';
import { poll } from '../../lib/poll.ts';
import { SingleFlight } from '../../lib/single-flight.ts';
import { withFallback } from '../../lib/timeout.ts';
import { QueueError, viewBeingRebuilt } from '../errors.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { QueueViewReader, ViewHead } from '../ports/queue-view.port.ts';

/** How long a request waits for the projection to reach the end of the log. */
const CATCH_UP_MS = 1000;
const POLL = { firstMs: 5, maxMs: 50, factor: 1.5 };

export interface CachedQueue {
  readonly head: ViewHead;
  readonly attributes: QueueAttributes;
  /** Time of the read in monotonic milliseconds. */
  readonly readAt: number;
}

/** Queues as this process last read them, so that a request for entry needs no read of the view. */
export class QueueCache {
  readonly #known = new Map<ConcertId, CachedQueue>();
  readonly #reads = new SingleFlight<ConcertId, CachedQueue | undefined>();
  /** By partition: whether the view has reached the end that the log had when the call began. */
  readonly #catchUps = new Map<number, CoalescedCall<boolean>>();
  readonly #confirmed = new Map<ConcertId, { readonly asOf: number; readonly queue: CachedQueue }>();

  constructor(
    private readonly view: QueueViewReader,
    private readonly log: EventLog,
  ) {}

  /** Of any age; undefined if this process has never read it. */
  peek(concertId: ConcertId): CachedQueue | undefined {
    return this.#known.get(concertId);
  }

  /** At most `maxAgeMs` old. @throws QueueError `CONCERT_NOT_FOUND` (certain), `PROJECTION_UNAVAILABLE` */
  async get(concertId: ConcertId, maxAgeMs: number): Promise<CachedQueue> {
    const known = this.#known.get(concertId);
    if (known && performance.now() - known.readAt <= maxAgeMs) return known;
    return (await this.#read(concertId)) ?? this.#absent(concertId);
  }

  /** Resolves if this process or the view knows the concert. @throws as `get` */
  async requireExists(concertId: ConcertId): Promise<void> {
    if (!this.#known.has(concertId)) await this.get(concertId, 0);
  }

  /** Reads a queue older than `maxAgeMs` in the background, one read at a time. */
  refresh(concertId: ConcertId, maxAgeMs: number): void {
    const known = this.#known.get(concertId);
    if (known && performance.now() - known.readAt <= maxAgeMs) return;
    // While the view is unavailable, the cached queue is good enough: the log decides.
    this.#read(concertId).catch(() => undefined);
  }

  /** Resolves after a new read, or after `withinMs` without an answer of the view. */
  async renew(concertId: ConcertId, withinMs: number): Promise<void> {
    const read = this.#read(concertId).catch(() => undefined); // the cached queue stays
    await withFallback(withinMs, undefined, read);
  }

  /**
   * The queue as of the end of the log now, or less than `maxAgeMs` ago.
   * undefined if the projection does not reach that end in time.
   */
  async confirmed(concertId: ConcertId, maxAgeMs: number): Promise<CachedQueue | undefined> {
    const asOf = performance.now();
    const before = this.#confirmed.get(concertId);
    if (before && asOf - before.asOf <= maxAgeMs) return before.queue;
    const partition = this.log.partitionOf(concertId);
    const end = await this.log.endOffset(partition);
    const offset = (await this.#reached(partition, concertId, end))?.concertOffset;
    if (offset === undefined) return undefined;
    // A read in flight, or a head that is being rewritten, may be older than the partition checkpoint.
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

  /**
   * A concert is unknown only if the view has reached the end of the log and the partition checkpoint does not name the concert.
   * All requests for unknown concerts of a partition share one wait, so that they do not poll the view by themselves.
   */
  async #absent(concertId: ConcertId): Promise<never> {
    const partition = this.log.partitionOf(concertId);
    if (await this.#catchUp(partition)) {
      const progress = await this.view.progress(partition, concertId);
      if (progress && progress.concertOffset === undefined)
        throw new QueueError('CONCERT_NOT_FOUND', `No queue is configured for concert ${concertId}.`);
    }
    throw viewBeingRebuilt();
  }

  #catchUp(partition: number): Promise<boolean> {
    let call = this.#catchUps.get(partition);
    if (!call) {
      call = new CoalescedCall(async () => {
        const end = await this.log.endOffset(partition);
        return (await this.#reached(partition, '', end)) !== undefined;
      });
      this.#catchUps.set(partition, call);
    }
    return call.run();
  }

  #reached(partition: number, concertId: ConcertId, end: Offset) {
    const read = async () => {
      const progress = await this.view.progress(partition, concertId);
      return progress && progress.checkpoint >= end - 1 ? progress : undefined;
    };
    return poll(read, { ...POLL, timeoutMs: CATCH_UP_MS });
  }
}
