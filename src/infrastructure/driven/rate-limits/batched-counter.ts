/** The part of a Redis client that is used: its status, and scripts/count-requests.lua as a command. */
export interface CountingRedis {
  readonly status: string;
  countRequests(numberOfKeys: number, names: readonly string[], seconds: string): Promise<unknown>;
}

/** The count including this request, and the milliseconds until its window ends. */
type Count = readonly [count: number, msLeft: number];

interface PendingCount {
  readonly name: string;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: unknown) => void;
}

/** Redis needs 1 to 2 ms for a full batch and runs nothing else meanwhile. */
const MAX_BATCH_SIZE = 500;

/**
 * The Redis client that rate-limiter-flexible uses. Counts of one turn of the event loop, or that arrive during a call, are sent
 * as one call, because a call costs ten times as much CPU as a count in it. (ADR 22.)
 */
export class BatchedCounter {
  #pending: PendingCount[] = [];
  /** A call is in flight or scheduled for the end of this turn. */
  #busy = false;

  constructor(
    private readonly redis: CountingRedis,
    private readonly windowSeconds: number,
  ) {}

  /** Status of the ioredis client. Unless it is `ready`, the library rejects counts at once. */
  get status(): string {
    return this.redis.status;
  }

  /** Replaces the library's script of this name. @param name the key to count a request for */
  rlflxIncr([name = '']: readonly string[]): Promise<Count> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ name, resolve, reject });
      if (this.#pending.length >= MAX_BATCH_SIZE) this.#send();
      else if (!this.#busy) {
        this.#busy = true;
        setImmediate(() => this.#send());
      }
    });
  }

  #send(): void {
    const batch = this.#pending;
    this.#pending = [];
    this.#busy = batch.length > 0;
    if (!this.#busy) return;
    const names = batch.map(({ name }) => name);
    this.redis.countRequests(names.length, names, String(this.windowSeconds)).then(
      (reply) => {
        resolveCounts(batch, reply);
        this.#send();
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
        this.#send();
      },
    );
  }
}

function resolveCounts(batch: readonly PendingCount[], reply: unknown): void {
  const numbers: readonly unknown[] = Array.isArray(reply) ? reply : [];
  for (const [index, { resolve, reject }] of batch.entries()) {
    const [count, msLeft] = [numbers[2 * index], numbers[2 * index + 1]];
    if (typeof count === 'number' && typeof msLeft === 'number') resolve([count, msLeft]);
    else reject(new Error('The reply of count-requests is incomplete.'));
  }
}
