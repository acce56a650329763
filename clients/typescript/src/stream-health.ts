const MAX_PAUSE_MS = 600_000;

/**
 * Remembers whether streams deliver. Proxies and virus scanners may pass the headers of a stream and withhold its body. After
 * two such streams in a row there are none for a while, and for twice as long each time after that.
 */
export class StreamHealth {
  #failures = 0;
  #pausedUntil = 0;

  /** Milliseconds until the next stream should be tried. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  delivered(): void {
    this.#failures = 0;
  }

  /** @param firstPauseMs mean of the first pause */
  withheld(firstPauseMs: number): void {
    this.#failures += 1;
    if (this.#failures < 2) return;
    const pauseMs = firstPauseMs * 2 ** Math.min(this.#failures - 2, 10) * (0.5 + Math.random());
    this.#pausedUntil = performance.now() + Math.min(MAX_PAUSE_MS, pauseMs);
  }
}
