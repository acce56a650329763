/** Observations that are kept: an older one no longer shows a server whose clock was set back. */
const MAX_OBSERVATIONS = 8;
/** `Date` has whole seconds, which is half a second too early on average. */
const ROUNDING_MS = 500;

/**
 * The server's clock, measured against the monotonic clock of this device. Setting the device's clock does not change it.
 *
 * A delayed or cached response shows a time that is too early, never one that is too late. So the latest time that one of the
 * last responses showed is the best one.
 */
export class ServerClock {
  #offsets: number[] = [];

  /** Reads the time of a response that has just arrived, from `Date` and `Age`. */
  observe(headers: Headers): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const age = Number(headers.get('age') ?? 0) || 0;
    this.#offsets = [...this.#offsets, date + age * 1_000 - performance.now()].slice(-MAX_OBSERVATIONS);
  }

  /** Milliseconds since 1970; the device's clock before the first response. */
  now(): number {
    if (this.#offsets.length === 0) return Date.now();
    return performance.now() + Math.max(...this.#offsets) + ROUNDING_MS;
  }
}
