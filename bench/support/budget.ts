/** How long everything may take, and what that leaves for each step. */

/** What a run takes that measures everything at full length. */
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

  /** Seconds of a step that at full length takes `full`, at least `least`. */
  seconds(full: number, least: number): number {
    return Math.max(least, Math.round(full * this.#share));
  }

  /** Whether something that takes so many seconds still fits. */
  allows(seconds: number): boolean {
    return this.#now() + seconds * 1000 <= this.#until;
  }
}
