/** Searches for the highest rate that a system sustains. */

export interface Probe {
  /** Offered requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** No errors, and the projection kept up where that is required. */
  readonly clean: boolean;
}

/** If a rate of this share of the top fails, the search ends. */
const MIN_SHARE = 0.02;

/** A rate fails after so many failed probes, since the machine may cause a single one. */
const MAX_FAILURES_PER_RATE = 2;

/**
 * Bisects between the highest rate that held and the lowest that failed. At the end it repeats the lowest failed rate; if that
 * holds, the search continues above it. Probes are shared between bounds. On a noisy machine a lower rate may fail, so the
 * highest rate that held counts.
 */
export class RateSearch {
  readonly #probes: Probe[] = [];
  readonly #top: number;
  readonly #resolution: number;

  /**
   * @param top upper bound of the rate: the saturated rate of a closed loop
   * @param resolution the search ends when the interval is smaller than this share of its upper end
   */
  constructor(top: number, resolution: number) {
    this.#top = top;
    this.#resolution = resolution;
  }

  /** The next rate to probe; undefined when the interval is small enough. @param bound of p99, in milliseconds */
  next(bound: number): number | undefined {
    const held = this.best(bound);
    const failures = this.#failing(bound).filter((rate) => rate > held);
    const failed = Math.min(this.#top, ...failures);
    if (failed < this.#top * MIN_SHARE) return undefined;
    if (failed - held <= failed * this.#resolution) {
      const times = failures.filter((rate) => rate === failed).length;
      return times > 0 && times < MAX_FAILURES_PER_RATE ? failed : undefined;
    }
    // Start below saturation, where most systems hold.
    return Math.round(this.#probes.length === 0 ? this.#top * 0.6 : (held + failed) / 2);
  }

  record(probe: Probe): void {
    this.#probes.push(probe);
  }

  /** The highest rate that held; 0 when none did. */
  best(bound: number): number {
    return Math.max(0, ...this.#probes.filter((probe) => holds(probe, bound)).map(({ rate }) => rate));
  }

  get probes(): readonly Probe[] {
    return this.#probes;
  }

  #failing(bound: number): number[] {
    return this.#probes.filter((probe) => !holds(probe, bound)).map(({ rate }) => rate);
  }
}

function holds({ p99, clean }: Probe, bound: number): boolean {
  return clean && p99 <= bound;
}
