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

/**
 * Stores tokens in the browser. With `localStorage` they survive reloads and are shared by all tabs. A storage that refuses
 * access (private mode, quota, blocked cookies) is replaced by memory, so that a token lives at least as long as the page.
 */
export class BrowserTokens implements TokenStore {
  readonly #storage: () => StorageLike;
  readonly #prefix: string;
  /** Tokens of this page; also those that the storage did not take. */
  readonly #memory = new Map<string, string>();

  /** @param storage a function where access may throw, e.g. `() => localStorage` */
  constructor(storage: StorageLike | (() => StorageLike), prefix = 'concert-queue.entry.') {
    this.#storage = typeof storage === 'function' ? storage : () => storage;
    this.#prefix = prefix;
  }

  get(concertId: string): string | undefined {
    return this.#read(this.#prefix + concertId) ?? this.#memory.get(concertId);
  }

  set(concertId: string, token: string): void {
    this.#memory.set(concertId, token);
    this.#write(this.#prefix + concertId, token);
  }

  /** Removes the token, but keeps a copy for `restore`. */
  remove(concertId: string): void {
    const token = this.get(concertId);
    if (token !== undefined) this.#write(this.#previousKey(concertId), token);
    this.#memory.delete(concertId);
    this.#attempt((storage) => storage.removeItem(this.#prefix + concertId));
  }

  /** Uses the token again that was removed last. @returns whether there was one */
  restore(concertId: string): boolean {
    const token = this.#read(this.#previousKey(concertId));
    if (token !== undefined) this.set(concertId, token);
    return token !== undefined;
  }

  /** Whether the storage has the token of this concert, so that it survives the page. */
  isStored(concertId: string): boolean {
    return this.#read(this.#prefix + concertId) !== undefined;
  }

  #previousKey(concertId: string): string {
    return `previous:${this.#prefix}${concertId}`;
  }

  #read(key: string): string | undefined {
    return this.#attempt((storage) => storage.getItem(key)) ?? undefined;
  }

  #write(key: string, value: string): void {
    this.#attempt((storage) => storage.setItem(key, value));
  }

  #attempt<T>(work: (storage: StorageLike) => T): T | undefined {
    try {
      return work(this.#storage());
    } catch {
      return undefined; // the storage refuses access; the memory has the token
    }
  }
}
