/** What has been opened so far, to be closed again whether all of it came to be opened or not. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = [];

  closes(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
  }

  /** The last first, and every one, whatever becomes of another. @throws the first failure */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.#closers.splice(0).toReversed())
      await closer().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
