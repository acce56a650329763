/** Counts what is open by key, at most `limit` for each key. Keys with nothing open take no memory. */
export class Slots {
  readonly #open = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** @returns a function that frees the slot, harmless when repeated; undefined when the key has none left */
  take(key: string): (() => void) | undefined {
    const open = this.#open.get(key) ?? 0;
    if (open >= this.limit) return undefined;
    this.#open.set(key, open + 1);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }
}
