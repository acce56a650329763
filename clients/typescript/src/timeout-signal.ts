/**
 * An AbortController that also aborts with its parent, and after a time if one is given. Used instead of `AbortSignal.any` and
 * `AbortSignal.timeout`, which Safari 15.4 and Chrome 100 do not have.
 */
export class TimeoutSignal {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parent: AbortSignal, timeoutMs?: number) {
    this.#parent = parent;
    if (parent.aborted) this.#onParentAbort();
    else parent.addEventListener('abort', this.#onParentAbort);
    if (timeoutMs !== undefined)
      this.#timer = setTimeout(() => this.abort(new Error(`no response within ${timeoutMs} ms`)), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
    this.dispose();
  }

  /** Ends the timeout; the signal still follows its parent. */
  endTimeout(): void {
    clearTimeout(this.#timer);
  }

  /** Releases the parent and the timer. The signal does not abort any more. */
  dispose(): void {
    this.endTimeout();
    this.#parent.removeEventListener('abort', this.#onParentAbort);
  }

  readonly #onParentAbort = (): void => this.abort(this.#parent.reason as Error);
}
