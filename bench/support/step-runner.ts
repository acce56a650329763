/** Runs the steps of a section: a failed step is recorded, and the section continues. */

export interface Failure {
  readonly step: string;
  readonly reason: string;
}

export class StepRunner<Found> {
  readonly failed: Failure[] = [];
  readonly #keep: (found: Found | undefined, failed: readonly Failure[]) => void;
  #found: Found | undefined;

  /** @param keep stores the results and failures after every step */
  constructor(keep: (found: Found | undefined, failed: readonly Failure[]) => void) {
    this.#keep = keep;
  }

  /** @returns undefined if the step failed */
  async do<T>(step: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${step} failed: ${error instanceof Error ? error.stack : reason}`);
      this.failed.push({ step, reason: reason.split('\n', 1).join() });
      this.#keep(this.#found, this.failed);
      return undefined;
    }
  }

  /** Records all results so far. */
  record(found: Found): void {
    this.#found = found;
    this.#keep(found, this.failed);
  }
}
