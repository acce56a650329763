import type { LogTime } from '../../domain/types.ts';

/** An acknowledgement may be this much later than its stamp without the clock having run ahead. */
const SLACK_MS = 50;

/**
 * What time it is in the log: the newest stamp that was read or acknowledged, plus a monotonic timer. No process's wall clock
 * has a part in it, so a clock that is an hour off changes nothing.
 */
export class LogClock {
  #timestamp: LogTime | undefined;
  #at = 0;

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** undefined until the first acknowledgement: stamps that are read may be old. */
  now(): LogTime | undefined {
    return this.at(this.monotonic());
  }

  /** What time it was in the log at a monotonic time. */
  at(monotonic: number): LogTime | undefined {
    return this.#timestamp === undefined ? undefined : Math.floor(this.#timestamp + monotonic - this.#at);
  }

  /** A record was read that bears this stamp: it is at least as late. */
  observe(timestamp: LogTime): void {
    const now = this.now();
    if (now !== undefined && timestamp > now) this.#set(timestamp);
  }

  /** The log has just stamped a record that was sent `tookMs` ago: that is the time, even if the clock has run ahead. */
  acknowledge(timestamp: LogTime, tookMs: number): void {
    const now = this.now();
    if (now === undefined || timestamp > now || now > timestamp + tookMs + SLACK_MS) this.#set(timestamp);
  }

  #set(timestamp: LogTime): void {
    this.#timestamp = timestamp;
    this.#at = this.monotonic();
  }
}
