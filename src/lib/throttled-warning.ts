import type { Logger } from '../application/ports/logger.port.ts';

const EVERY_MS = 5000;

/** Says what is wrong with the shop's records when it begins, when it changes, and every few seconds while it lasts. */
export class ThrottledWarning {
  #saidAt = Number.NEGATIVE_INFINITY;
  #last = '';

  constructor(private readonly diagnostics: Logger) {}

  /** @param message names neither a user nor a number */
  say(message: string): void {
    const now = performance.now();
    if (message === this.#last && now - this.#saidAt < EVERY_MS) return;
    this.#saidAt = now;
    this.#last = message;
    this.diagnostics.warn(message);
  }
}
