const REPEAT_MS = 5000;

/** Logs a warning at once when its message changes, and at most every 5 s while the message stays the same. */
export class ThrottledWarning {
  #loggedAt = Number.NEGATIVE_INFINITY;
  #last = '';

  constructor(private readonly logger: { warn(message: string): void }) {}

  /** @param message contains no user id and no changing number */
  warn(message: string): void {
    const now = performance.now();
    if (message === this.#last && now - this.#loggedAt < REPEAT_MS) return;
    this.#loggedAt = now;
    this.#last = message;
    this.logger.warn(message);
  }
}
