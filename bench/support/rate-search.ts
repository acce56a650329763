/** Finds the highest rate that a system sustains, by trying rates. */

export interface Probe {
  /** Arrivals a second that were offered. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** No error, and where it counts the view kept up. */
  readonly clean: boolean;
}

/** If a rate of this share of the top does not hold, none does. */
const HOPELESS = 0.02;

/** A rate that failed so often does not hold. Once may have been the machine. */
const ENOUGH_FAILURES = 2;

/**
 * Halves the interval between the highest rate that held and the lowest that did not, and in the end tries once more whether
 * that one really does not: if it holds, the search goes on above it. What was tried for one bound serves the others; a noisy
 * machine can make a lower rate fail, so what counts is the highest rate that held.
 */
export class RateSearch {
  readonly #probes: Probe[] = [];
  readonly #top: number;
  readonly #resolution: number;

  /**
   * @param top a rate that no system of its kind exceeds: what a closed loop saturates it with
   * @param resolution the search ends when the interval is smaller than this share of its upper end
   */
  constructor(top: number, resolution: number) {
    this.#top = top;
    this.#resolution = resolution;
  }

  /** The rate to be tried next; undefined when the bound's rate is known well enough. @param bound of p99, in milliseconds */
  next(bound: number): number | undefined {
    const held = this.best(bound);
    const failures = this.#failing(bound).filter((rate) => rate > held);
    const failed = Math.min(this.#top, ...failures);
    if (failed < this.#top * HOPELESS) return undefined;
    if (failed - held <= failed * this.#resolution) {
      const times = failures.filter((rate) => rate === failed).length;
      return times > 0 && times < ENOUGH_FAILURES ? failed : undefined;
    }
    // Nothing is known: most hold well below saturation.
    return Math.round(this.#probes.length === 0 ? this.#top * 0.6 : (held + failed) / 2);
  }

  tell(probe: Probe): void {
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
