/** What is asked of the client: its state, and scripts/count-requests.lua as a command. */
export interface CountingRedis {
  readonly status: string;
  countRequests(numberOfKeys: number, names: readonly string[], seconds: string): Promise<unknown>;
}

/** The count with this request, and the milliseconds until its window ends. */
type Count = readonly [count: number, msLeft: number];

interface PendingCount {
  readonly name: string;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: unknown) => void;
}

/** Redis does nothing else meanwhile: a millisecond or two. */
const MAX_BATCH_SIZE = 500;

/**
 * As much of a Redis client as rate-limiter-flexible needs. What is to be counted within one turn of the event loop, or while
 * a call is under way, is one call: it costs the process ten times what a count in it does. (ADR 22.)
 */
export class BatchedCounter {
  #pending: PendingCount[] = [];
  /** A call is under way, or will be at the end of this turn. */
  #busy = false;

  constructor(
    private readonly redis: CountingRedis,
    private readonly windowSeconds: number,
  ) {}

  /** As of ioredis: counts are refused at once unless it is `ready`. */
  get status(): string {
    return this.redis.status;
  }

  /** The library's own script by the name that it calls it: one request under the first of its arguments. */
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
    const asked = this.#pending;
    this.#pending = [];
    this.#busy = asked.length > 0;
    if (!this.#busy) return;
    const names = asked.map(({ name }) => name);
    this.redis.countRequests(names.length, names, String(this.windowSeconds)).then(
      (answer) => {
        resolveCounts(asked, answer);
        this.#send();
      },
      (error: unknown) => {
        for (const { reject } of asked) reject(error);
        this.#send();
      },
    );
  }
}

function resolveCounts(asked: readonly PendingCount[], answer: unknown): void {
  const numbers: readonly unknown[] = Array.isArray(answer) ? answer : [];
  for (const [at, { resolve, reject }] of asked.entries()) {
    const [count, msLeft] = [numbers[2 * at], numbers[2 * at + 1]];
    if (typeof count === 'number' && typeof msLeft === 'number') resolve([count, msLeft]);
    else reject(new Error('The answer of count-requests is shorter than its question.'));
  }
}
