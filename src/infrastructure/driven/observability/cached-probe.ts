import { SingleFlight } from '../../../lib/single-flight.ts';
import { withFallback } from '../../../lib/timeout.ts';

const MIN_INTERVAL_MS = 5_000;
const MAX_WAIT_MS = 800;

/** Queries a server at most once in 5 s, in a single flight. No caller waits longer than 800 ms. */
export class CachedProbe<T> {
  #value: T | undefined;
  #queriedAt = Number.NEGATIVE_INFINITY;
  readonly #queries = new SingleFlight<'query', void>();

  constructor(private readonly query: () => Promise<T>) {}

  /** undefined: the last query failed, or none has finished yet. */
  async get(): Promise<T | undefined> {
    const inFlight = this.#queries.get('query') ?? this.#refreshIfOld();
    if (inFlight) await withFallback(MAX_WAIT_MS, undefined, inFlight);
    return this.#value;
  }

  #refreshIfOld(): Promise<void> | undefined {
    if (performance.now() - this.#queriedAt <= MIN_INTERVAL_MS) return undefined;
    this.#queriedAt = performance.now();
    return this.#queries.run('query', () => this.#refresh());
  }

  async #refresh(): Promise<void> {
    this.#value = await this.query().catch(() => undefined); // callers see that there is no value
  }
}
