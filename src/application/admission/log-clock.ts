import type { LogTime } from '../../domain/types.ts';

/** An acknowledgement may be this much later than its stamp without the clock having run ahead. */
const SLACK_MS = 50;

/**
 * What time it is in the log: the newest stamp that was read or acknowledged, plus a monotonic timer. No process's wall clock
 * has a part in it, so a clock that is an hour off changes nothing.
 */
export class LogClock {
  #stamp: LogTime | undefined;
  #at = 0;

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** undefined until the first acknowledgement: stamps that are read may be old. */
  now(): LogTime | undefined {
    return this.at(this.monotonic());
  }

  /** What time it was in the log at a monotonic time. */
  at(monotonic: number): LogTime | undefined {
    return this.#stamp === undefined ? undefined : Math.floor(this.#stamp + monotonic - this.#at);
  }

  /** A record was read that bears this stamp: it is at least as late. */
  observe(stamp: LogTime): void {
    const now = this.now();
    if (now !== undefined && stamp > now) this.#set(stamp);
  }

  /** The log has just stamped a record that was sent `tookMs` ago: that is the time, even if the clock has run ahead. */
  acknowledge(stamp: LogTime, tookMs: number): void {
    const now = this.now();
    if (now === undefined || stamp > now || now > stamp + tookMs + SLACK_MS) this.#set(stamp);
  }

  #set(stamp: LogTime): void {
    this.#stamp = stamp;
    this.#at = this.monotonic();
  }
}
