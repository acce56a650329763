/** What a section finds, piece by piece: one that fails is told of, and the rest goes on. */

export interface Failure {
  readonly piece: string;
  readonly reason: string;
}

export class Pieces<Found> {
  readonly failed: Failure[] = [];
  readonly #keep: (found: Found | undefined, failed: readonly Failure[]) => void;
  #found: Found | undefined;

  /** @param keep told after every piece of all that is known by then */
  constructor(keep: (found: Found | undefined, failed: readonly Failure[]) => void) {
    this.#keep = keep;
  }

  /** @returns undefined when it failed */
  async do<T>(piece: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${piece} failed: ${error instanceof Error ? error.stack : reason}`);
      this.failed.push({ piece, reason: reason.split('\n', 1).join() });
      this.#keep(this.#found, this.failed);
      return undefined;
    }
  }

  /** All that is found by now. */
  tell(found: Found): void {
    this.#found = found;
    this.#keep(found, this.failed);
  }
}
