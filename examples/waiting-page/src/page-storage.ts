/** Settings of this browser. Memory replaces a storage that refuses access: they are then lost with the page. */
export class PageStorage {
  readonly #memory = new Map<string, string>();

  get(key: string): string | null {
    try {
      return localStorage.getItem(key) ?? this.#memory.get(key) ?? null;
    } catch {
      return this.#memory.get(key) ?? null;
    }
  }

  set(key: string, value: string): void {
    this.#memory.set(key, value);
    try {
      localStorage.setItem(key, value);
    } catch {
      // Private mode, quota or blocked cookies: the memory has the value.
    }
  }
}
