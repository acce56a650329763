import { QueueError } from '../errors.ts';

/** Share of a second's requests that may be accepted at once: longer than a process is usually busy otherwise. */
const BURST_SECONDS = 0.1;
/** Rejected requests get a Retry-After spread over so many seconds. */
const SPREAD_SECONDS = 3;

/**
 * Limits the requests for entry that this process accepts a second: a token bucket that fills continuously. Excess requests are
 * rejected before they cost anything, so that accepted ones are answered as fast as before.
 */
export class EntryRateLimiter {
  readonly #depth: number;
  #tokens: number;
  #filledAt: number;

  /** @param perSecond 0: no limit @param now milliseconds of a clock that never jumps */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {
    this.#depth = Math.max(1, perSecond * BURST_SECONDS);
    this.#tokens = this.#depth;
    this.#filledAt = now();
  }

  get isOn(): boolean {
    return this.perSecond > 0;
  }

  /** Call before any work for a request. @throws QueueError `OVERLOADED` */
  check(): void {
    if (!this.isOn) return;
    this.#fill();
    if (this.#tokens < 1) throw this.#overloaded();
  }

  /** Accepts a request. @throws QueueError `OVERLOADED` */
  consume(): void {
    this.check();
    if (this.isOn) this.#tokens -= 1;
  }

  #fill(): void {
    const now = this.now();
    this.#tokens = Math.min(this.#depth, this.#tokens + ((now - this.#filledAt) / 1000) * this.perSecond);
    this.#filledAt = now;
  }

  #overloaded(): QueueError {
    return new QueueError('OVERLOADED', 'More ask for entry than are taken at once. Asking again keeps no one back.', {
      retryAfterSeconds: 1 + Math.floor(this.random() * SPREAD_SECONDS),
    });
  }
}
