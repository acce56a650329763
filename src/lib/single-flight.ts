/** Single-flight: concurrent calls for the same key share the call that is in flight. */
export class SingleFlight<K, T> {
  readonly #calls = new Map<K, Promise<T>>();

  run(key: K, work: () => Promise<T>): Promise<T> {
    const inFlight = this.#calls.get(key);
    if (inFlight) return inFlight;
    const call = work().finally(() => this.#calls.delete(key));
    this.#calls.set(key, call);
    return call;
  }

  /** The call in flight for this key. */
  get(key: K): Promise<T> | undefined {
    return this.#calls.get(key);
  }
}
