import type { Admission, CALLS, Entry, EntryAccepted, EntryRequest, Queue, Receipted } from './api.generated.ts';
import { Backoff, type BackoffOptions, retry } from './backoff.ts';
import { NoEntryError } from './errors.ts';
import { type FollowOptions, follow, type Update } from './follow.ts';
import { type Call, sendJson, type Transport } from './http.ts';
import { QueueCache } from './queue-cache.ts';
import { ServerClock } from './server-clock.ts';
import { StreamHealth } from './stream-health.ts';
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
  /** Timeout of a response in milliseconds; default 10 s. */
  readonly answerWithinMs?: number;
}

export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Maximum number of attempts of this call, instead of that of the WaitingRoom. */
  readonly attempts?: number;
}

const NEVER = new AbortController().signal;

/**
 * Client of the waiting rooms for browsers and Node. Retryable errors (network, 429, 5xx) are retried; repeating a call is
 * safe. The error of the last attempt is a QueueProblem or a ConnectionError.
 */
export class WaitingRoom {
  readonly #transport: Transport;
  readonly #queues: QueueCache;
  readonly #health = new StreamHealth();
  readonly #tokens: TokenStore;
  readonly #options: WaitingRoomOptions;

  constructor(options: WaitingRoomOptions = {}) {
    const { baseUrl = '', tokens = new MemoryTokens(), answerWithinMs = 10_000 } = options;
    // Wrapped: browsers reject `fetch` as a method of another object.
    const fetchFunction: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
    const clock = new ServerClock();
    this.#transport = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch: fetchFunction, answerWithinMs, clock };
    this.#queues = new QueueCache(this.#transport);
    this.#tokens = tokens;
    this.#options = options;
  }

  /**
   * The server's clock in milliseconds since 1970, for countdowns to `claimBy`, `activeUntil` and `opensAt`. Setting the
   * device's clock does not change it.
   */
  now(): number {
    return this.#transport.clock.now();
  }

  /**
   * Requests a place and stores the entry token. A user with a place keeps it. `who` is empty if the user's own token
   * (`bearer`) or the shop's backend identifies the user. `key` is sent as `Idempotency-Key`: a backend without a session
   * derives the user from it, so that a repetition after a lost response is the same user. Create it before the first call.
   * @throws QueueProblem `QUEUE_NOT_OPEN`, `QUEUE_CLOSED`, `QUEUE_FULL`, `INSUFFICIENT_BALANCE`, …
   */
  async enter(
    concertId: string,
    who: EntryRequest = {},
    options: CallOptions & { readonly bearer?: string; readonly key?: string } = {},
  ): Promise<EntryAccepted> {
    const { bearer, key } = options;
    const call = { concertId, bearer, body: who, headers: key === undefined ? {} : { 'idempotency-key': key } };
    const accepted = await this.#call<EntryAccepted>('requestEntry', call, options);
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
  async entry(concertId: string, options: CallOptions = {}): Promise<Entry> {
    return this.#call<Entry>('getMyEntry', { concertId, bearer: await this.#tokenOf(concertId) }, options);
  }

  /** The public queue document, at most one second old. @throws QueueProblem `CONCERT_NOT_FOUND` */
  queue(concertId: string, options: CallOptions = {}): Promise<Queue> {
    return this.#withRetries(options, (signal) => this.#queues.get(concertId, signal));
  }

  /**
   * Yields the entry at every change up to its terminal state; see `follow`. Leaving the loop closes the connection.
   * @throws NoEntryError, or a QueueProblem that is not retryable and was confirmed after `confirmMs`
   */
  async *follow(concertId: string, options: CallOptions & FollowOptions = {}): AsyncGenerator<Update> {
    const { signal = NEVER, ...followOptions } = options;
    const token = await this.#tokenOf(concertId);
    yield* follow({
      transport: this.#transport,
      queues: this.#queues,
      health: this.#health,
      concertId,
      token,
      signal,
      options: { ...(this.#options.backoff && { backoff: this.#options.backoff }), ...followOptions },
    });
  }

  /** Gives up the place. The request has taken effect when the state of the entry is LEFT. */
  async leave(concertId: string, options: CallOptions = {}): Promise<Receipted> {
    return this.#call<Receipted>('leaveQueue', { concertId, bearer: await this.#tokenOf(concertId) }, options);
  }

  /**
   * Claims the place after the call. Returns the admission token for the protected site; repeating returns the same admission.
   * @throws QueueProblem `NOT_READY`, `ADMISSION_ENDED`
   */
  async claim(concertId: string, options: CallOptions = {}): Promise<Admission> {
    return this.#call<Admission>('claimAdmission', { concertId, bearer: await this.#tokenOf(concertId) }, options);
  }

  /** Reports that the purchase is done, which frees the slot. Usually the shop calls this. */
  complete(admissionToken: string, options: CallOptions = {}): Promise<Receipted> {
    return this.#call<Receipted>('completeAdmission', { bearer: admissionToken }, options);
  }

  #call<T>(name: keyof typeof CALLS, call: Omit<Call, 'signal'>, options: CallOptions): Promise<T> {
    return this.#withRetries(options, (signal) => sendJson<T>(this.#transport, name, { ...call, signal }));
  }

  #withRetries<T>({ signal = NEVER, attempts }: CallOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { attempts: usual = 6, backoff } = this.#options;
    return retry(() => work(signal), { attempts: attempts ?? usual, signal, backoff: new Backoff(backoff) });
  }

  async #tokenOf(concertId: string): Promise<string> {
    const token = await this.#tokens.get(concertId);
    if (token === undefined) throw new NoEntryError(`There is no entry token for ${concertId}: call enter first.`);
    return token;
  }
}
