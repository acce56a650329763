import type { Admission, Entry, EntryAccepted, EntryRequest, Queue, Receipted } from './api.generated.ts';
import { Backoff, type BackoffOptions, persistently } from './backoff.ts';
import { NoEntryError } from './errors.ts';
import { type FollowOptions, follow, type Update } from './follow.ts';
import { askJson, type Transport } from './http.ts';
import { QueueCache } from './queue-cache.ts';
import { MemoryTokens, type TokenStore } from './token-store.ts';

export interface WaitingRoomOptions {
  /** Where the API answers, e.g. `https://queue.example`; default: where the page comes from. */
  readonly baseUrl?: string;
  /** Where entry tokens are kept; default: in memory. */
  readonly tokens?: TokenStore;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** How calls wait before they are repeated. */
  readonly backoff?: BackoffOptions;
  /** How often a call is tried while it fails for reasons that pass; default 6. */
  readonly attempts?: number;
  /** An answer has this long to come; default 15 s. */
  readonly answerWithinMs?: number;
}

/** Every call can be called off; it then rejects with the signal's reason. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

const NEVER = new AbortController().signal;

/**
 * A waiting room as a fan's browser, or a program, uses it. Calls that fail for reasons that pass (the network, 429, 5xx) are
 * repeated by themselves, as repeating any of them is harmless; what they throw in the end is a QueueProblem or a
 * ConnectionError.
 */
export class WaitingRoom {
  readonly #transport: Transport;
  readonly #queues: QueueCache;
  readonly #tokens: TokenStore;
  readonly #options: WaitingRoomOptions;

  constructor(options: WaitingRoomOptions = {}) {
    const { baseUrl = '', tokens = new MemoryTokens(), answerWithinMs = 15_000 } = options;
    // Bound: browsers refuse a fetch that is called as a method of something else.
    const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#transport = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch: send, answerWithinMs };
    this.#queues = new QueueCache(this.#transport);
    this.#tokens = tokens;
    this.#options = options;
  }

  /**
   * Asks for a place and keeps the entry token. Who has one already keeps the earlier place. `who` is empty where the user's
   * own token (`bearer`) or the shop's backend says who it is.
   * @throws QueueProblem `QUEUE_NOT_OPEN`, `QUEUE_CLOSED`, `QUEUE_FULL`, `INSUFFICIENT_BALANCE`, …
   */
  async enter(
    concertId: string,
    who: EntryRequest = {},
    options: CallOptions & { readonly bearer?: string } = {},
  ): Promise<EntryAccepted> {
    const { signal = NEVER, bearer } = options;
    const call = { concertId, bearer, body: who, signal };
    const accepted = await this.#repeated(signal, () => askJson<EntryAccepted>(this.#transport, 'requestEntry', call));
    await this.#tokens.set(concertId, accepted.entryToken);
    return accepted;
  }

  /** Whether there is an entry token for this concert. */
  async hasEntry(concertId: string): Promise<boolean> {
    return (await this.#tokens.get(concertId)) !== undefined;
  }

  /** Forgets the entry token. It does not leave the queue: that is `leave`. */
  async forget(concertId: string): Promise<void> {
    await this.#tokens.remove(concertId);
  }

  /** The own entry, now. @throws NoEntryError, QueueProblem `UNAUTHENTICATED` for a token that is not valid any more */
  async entry(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Entry> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#repeated(signal, () => askJson<Entry>(this.#transport, 'getMyEntry', call));
  }

  /** The queue's public document, at most a second old. @throws QueueProblem `CONCERT_NOT_FOUND` */
  queue(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Queue> {
    return this.#repeated(signal, () => this.#queues.get(concertId, signal));
  }

  /**
   * The own entry at every change until it has ended; see `follow`. Leaving the loop ends the connection.
   * @throws NoEntryError, or a QueueProblem that does not pass
   */
  async *follow(concertId: string, options: CallOptions & FollowOptions = {}): AsyncGenerator<Update> {
    const { signal = NEVER, ...followOptions } = options;
    const token = await this.#tokenOf(concertId);
    yield* follow({
      transport: this.#transport,
      queues: this.#queues,
      concertId,
      token,
      signal,
      options: { ...(this.#options.backoff && { backoff: this.#options.backoff }), ...followOptions },
    });
  }

  /** Gives up the place. It is gone once `follow` or `entry` says LEFT. */
  async leave(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Receipted> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#repeated(signal, () => askJson<Receipted>(this.#transport, 'leaveQueue', call));
  }

  /**
   * Takes the place that was called, and gets what the protected site asks for. Repeating it gives the same admission again.
   * @throws QueueProblem `NOT_READY`, `ADMISSION_ENDED`
   */
  async claim(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Admission> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#repeated(signal, () => askJson<Admission>(this.#transport, 'claimAdmission', call));
  }

  /** Says that the purchase is done: the slot is free for the next. Usually the shop says it. */
  complete(admissionToken: string, { signal = NEVER }: CallOptions = {}): Promise<Receipted> {
    const call = { bearer: admissionToken, signal };
    return this.#repeated(signal, () => askJson<Receipted>(this.#transport, 'completeAdmission', call));
  }

  #repeated<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { attempts = 6, backoff } = this.#options;
    return persistently(work, { attempts, signal, backoff: new Backoff(backoff) });
  }

  async #tokenOf(concertId: string): Promise<string> {
    const token = await this.#tokens.get(concertId);
    if (token === undefined) throw new NoEntryError(`There is no entry token for ${concertId}: enter first.`);
    return token;
  }
}
