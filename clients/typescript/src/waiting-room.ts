import type { Admission, Entry, EntryAccepted, EntryRequest, Queue, Receipted } from './api.generated.ts';
import { Backoff, type BackoffOptions, retry } from './backoff.ts';
import { NoEntryError } from './errors.ts';
import { type FollowOptions, follow, type Update } from './follow.ts';
import { sendJson, type Transport } from './http.ts';
import { QueueCache } from './queue-cache.ts';
import { MemoryTokens, type TokenStore } from './token-store.ts';

export interface WaitingRoomOptions {
  /** Base URL of the API, e.g. `https://queue.example`; default: the origin of the page. */
  readonly baseUrl?: string;
  /** Store for entry tokens; default: in memory. */
  readonly tokens?: TokenStore;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Delays between attempts. */
  readonly backoff?: BackoffOptions;
  /** Maximum number of attempts for retryable errors; default 6. */
  readonly attempts?: number;
  /** Timeout of a response in milliseconds; default 15 s. */
  readonly answerWithinMs?: number;
}

export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const NEVER = new AbortController().signal;

/**
 * Client of the waiting rooms for browsers and Node. Retryable errors (network, 429, 5xx) are retried; repeating a call is
 * safe. The error of the last attempt is a QueueProblem or a ConnectionError.
 */
export class WaitingRoom {
  readonly #transport: Transport;
  readonly #queues: QueueCache;
  readonly #tokens: TokenStore;
  readonly #options: WaitingRoomOptions;

  constructor(options: WaitingRoomOptions = {}) {
    const { baseUrl = '', tokens = new MemoryTokens(), answerWithinMs = 15_000 } = options;
    // Wrapped: browsers reject `fetch` as a method of another object.
    const fetchFunction: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#transport = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch: fetchFunction, answerWithinMs };
    this.#queues = new QueueCache(this.#transport);
    this.#tokens = tokens;
    this.#options = options;
  }

  /**
   * Requests a place and stores the entry token. A user with a place keeps it. `who` is empty if the user's own token
   * (`bearer`) or the shop's backend identifies the user.
   * @throws QueueProblem `QUEUE_NOT_OPEN`, `QUEUE_CLOSED`, `QUEUE_FULL`, `INSUFFICIENT_BALANCE`, …
   */
  async enter(
    concertId: string,
    who: EntryRequest = {},
    options: CallOptions & { readonly bearer?: string } = {},
  ): Promise<EntryAccepted> {
    const { signal = NEVER, bearer } = options;
    const call = { concertId, bearer, body: who, signal };
    const accepted = await this.#withRetries(signal, () =>
      sendJson<EntryAccepted>(this.#transport, 'requestEntry', call),
    );
    await this.#tokens.set(concertId, accepted.entryToken);
    return accepted;
  }

  /** Whether the token store has an entry token for this concert. */
  async hasEntry(concertId: string): Promise<boolean> {
    return (await this.#tokens.get(concertId)) !== undefined;
  }

  /** Removes the entry token from the store. Use `leave` to leave the queue. */
  async forget(concertId: string): Promise<void> {
    await this.#tokens.remove(concertId);
  }

  /** The current state of the entry. @throws NoEntryError, QueueProblem `UNAUTHENTICATED` for an invalid token */
  async entry(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Entry> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#withRetries(signal, () => sendJson<Entry>(this.#transport, 'getMyEntry', call));
  }

  /** The public queue document, at most one second old. @throws QueueProblem `CONCERT_NOT_FOUND` */
  queue(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Queue> {
    return this.#withRetries(signal, () => this.#queues.get(concertId, signal));
  }

  /**
   * Yields the entry at every change up to its terminal state; see `follow`. Leaving the loop closes the connection.
   * @throws NoEntryError, or a QueueProblem that is not retryable
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

  /** Gives up the place. The request has taken effect when the state of the entry is LEFT. */
  async leave(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Receipted> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#withRetries(signal, () => sendJson<Receipted>(this.#transport, 'leaveQueue', call));
  }

  /**
   * Claims the place after the call. Returns the admission token for the protected site; repeating returns the same admission.
   * @throws QueueProblem `NOT_READY`, `ADMISSION_ENDED`
   */
  async claim(concertId: string, { signal = NEVER }: CallOptions = {}): Promise<Admission> {
    const call = { concertId, bearer: await this.#tokenOf(concertId), signal };
    return this.#withRetries(signal, () => sendJson<Admission>(this.#transport, 'claimAdmission', call));
  }

  /** Reports that the purchase is done, which frees the slot. Usually the shop calls this. */
  complete(admissionToken: string, { signal = NEVER }: CallOptions = {}): Promise<Receipted> {
    const call = { bearer: admissionToken, signal };
    return this.#withRetries(signal, () => sendJson<Receipted>(this.#transport, 'completeAdmission', call));
  }

  #withRetries<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { attempts = 6, backoff } = this.#options;
    return retry(work, { attempts, signal, backoff: new Backoff(backoff) });
  }

  async #tokenOf(concertId: string): Promise<string> {
    const token = await this.#tokens.get(concertId);
    if (token === undefined) throw new NoEntryError(`There is no entry token for ${concertId}: call enter first.`);
    return token;
  }
}
