/** Stores entry tokens by concert. A user who loses the token loses access to the entry. */
export interface TokenStore {
  get(concertId: string): string | undefined | Promise<string | undefined>;
  set(concertId: string, token: string): void | Promise<void>;
  remove(concertId: string): void | Promise<void>;
}

/** Stores tokens in memory. */
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

/** The part of `localStorage` and `sessionStorage` that BrowserTokens uses. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Stores tokens in the browser. With `localStorage` they survive reloads and are shared by all tabs. */
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
