import type { LogTime } from '../../domain/types.ts';

/** An acknowledgement may arrive this much later than the timestamp of its record. */
const SLACK_MS = 50;

/** Estimates the current log time: the latest timestamp that was read or acknowledged, plus a monotonic timer. */
export class LogClock {
  #timestamp: LogTime | undefined;
  /** Monotonic time of `#timestamp`. */
  #at = 0;

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** undefined before the first acknowledgement, because records that are read may be old. */
  now(): LogTime | undefined {
    return this.at(this.monotonic());
  }

  /** The log time at a monotonic time. */
  at(monotonic: number): LogTime | undefined {
    return this.#timestamp === undefined ? undefined : Math.floor(this.#timestamp + monotonic - this.#at);
  }

  /** A record with this timestamp was read: the log time is not earlier. */
  observe(timestamp: LogTime): void {
    const now = this.now();
    if (now !== undefined && timestamp > now) this.#set(timestamp);
  }

  /** A record that was sent `tookMs` ago has this timestamp. Moves the clock back if it is ahead of that. */
  acknowledge(timestamp: LogTime, tookMs: number): void {
    const now = this.now();
    if (now === undefined || timestamp > now || now > timestamp + tookMs + SLACK_MS) this.#set(timestamp);
  }

  #set(timestamp: LogTime): void {
    this.#timestamp = timestamp;
    this.#at = this.monotonic();
  }
}
