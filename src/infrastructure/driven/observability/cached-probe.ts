import { setTimeout as pause } from 'node:timers/promises';

const FRESH_MS = 5_000;
const WAIT_MS = 800;

/** Asks a server at most once in five seconds, one question at a time, however many want to know; nobody waits long. */
export class CachedProbe<T> {
  #answer: T | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  /** undefined: it did not answer when it was asked last, or not yet. */
  async get(): Promise<T | undefined> {
    if (!this.#asking && performance.now() - this.#askedAt > FRESH_MS) {
      this.#askedAt = performance.now();
      this.#asking = this.#refresh();
    }
    if (this.#asking) {
      const late = new AbortController();
      // Called off when the answer comes first.
      const patience = pause(WAIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([this.#asking, patience]);
      late.abort();
    }
    return this.#answer;
  }

  async #refresh(): Promise<void> {
    try {
      this.#answer = await this.ask();
    } catch {
      this.#answer = undefined; // that it does not answer is what is told
    } finally {
      this.#asking = undefined;
    }
  }
}
