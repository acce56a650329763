/**
 * Coalesces calls: all callers that arrive while a call is in flight share the next one. A caller therefore never receives a
 * result that was requested before it called.
 */
export class CoalescedCall<T> {
  readonly #work: () => Promise<T>;
  #current: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  run(): Promise<T> {
    if (this.#next) return this.#next;
    if (!this.#current) return this.#begin();
    const begin = () => this.#begin();
    this.#next = this.#current.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const current = this.#work().finally(() => {
      if (this.#current === current) this.#current = undefined;
    });
    this.#current = current;
    return current;
  }
}
