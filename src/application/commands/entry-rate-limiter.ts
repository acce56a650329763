import { QueueError } from '../errors.ts';

/** So much of a second's worth may be taken at once: longer than a process is usually busy with something else. */
const BURST_SECONDS = 0.1;
/** Those who are refused are asked to come back spread over so many seconds, not all at once. */
const SPREAD_SECONDS = 3;

/**
 * How many requests for entry this process takes a second: a token bucket that fills smoothly. What is over is refused before it
 * costs anything, so that what is taken is answered as fast as ever.
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

  /** Costs nothing: to be asked before anything is done for a request. @throws QueueError `OVERLOADED` */
  check(): void {
    if (!this.isOn) return;
    this.#fill();
    if (this.#tokens < 1) throw this.#overloaded();
  }

  /** Takes a request in. @throws QueueError `OVERLOADED` */
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
