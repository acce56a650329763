/** Where entry tokens are kept, by concert. An entry token is the only key to its entry: who loses it loses the place. */
export interface TokenStore {
  get(concertId: string): string | undefined | Promise<string | undefined>;
  set(concertId: string, token: string): void | Promise<void>;
  remove(concertId: string): void | Promise<void>;
}

/** Kept as long as the program runs. */
export class MemoryTokens implements TokenStore {
  readonly #tokens = new Map<string, string>();

  get(concertId: string): string | undefined {
    return this.#tokens.get(concertId);
  }
  set(concertId: string, token: string): void {
    this.#tokens.set(concertId, token);
  }
  remove(concertId: string): void {
    this.#tokens.delete(concertId);
  }
}

/** What `localStorage` and `sessionStorage` are. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Kept in the browser: `new BrowserTokens(localStorage)` survives reloads and serves all tabs. */
export class BrowserTokens implements TokenStore {
  readonly #storage: StorageLike;
  readonly #prefix: string;

  constructor(storage: StorageLike, prefix = 'concert-queue.entry.') {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  get(concertId: string): string | undefined {
    return this.#storage.getItem(this.#prefix + concertId) ?? undefined;
  }
  set(concertId: string, token: string): void {
    this.#storage.setItem(this.#prefix + concertId, token);
  }
  remove(concertId: string): void {
    this.#storage.removeItem(this.#prefix + concertId);
  }
}
