/** Divides the time of a run among its steps. */

/** Duration of a full run. */
export const FULL_MINUTES = 90;

export class Budget {
  readonly #until: number;
  readonly #share: number;
  readonly #now: () => number;

  /** @param minutes Infinity: full length */
  constructor(minutes: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#until = now() + minutes * 60_000;
    this.#share = Math.min(1, minutes / FULL_MINUTES);
  }

  /** Seconds of a step that takes `full` in a full run; at least `least`. */
  seconds(full: number, least: number): number {
    return Math.max(least, Math.round(full * this.#share));
  }

  /** Whether so many seconds are left. */
  allows(seconds: number): boolean {
    return this.#now() + seconds * 1000 <= this.#until;
  }
}
