/** Maximum age of a cached result: a completed admission may pass the gate for this long. */
const MAX_AGE_MS = 1_000;
const TIMEOUT_MS = 2_000;

interface CachedResult {
  readonly until: number;
  readonly isActive: Promise<boolean>;
}

/** Caches for one second whether an admission is active, so that many requests of one user cost one verification. */
export class AdmissionCache {
  readonly #url: string;
  /** In insertion order, which is also the order of expiry. */
  readonly #results = new Map<string, CachedResult>();

  constructor(waitingRoom: string, concertId: string) {
    this.#url = new URL(`/v1/admissions/verify?concertId=${concertId}`, waitingRoom).href;
  }

  /** Whether the admission is active. @throws Error if the waiting room cannot be reached */
  isActive(token: string): Promise<boolean> {
    const now = performance.now();
    this.#removeExpired(now);
    const cached = this.#results.get(token);
    if (cached) return cached.isActive;
    const result = { until: now + MAX_AGE_MS, isActive: this.#verify(token) };
    this.#results.set(token, result);
    // Errors are not cached: the next request verifies again.
    result.isActive.catch(() => this.#results.get(token) === result && this.#results.delete(token));
    return result.isActive;
  }

  async #verify(token: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await fetch(this.#url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (status === 204) return true;
    if (status === 401 || status === 403) return false;
    throw new Error(`the waiting room responded with ${status}`);
  }

  #removeExpired(now: number): void {
    for (const [token, { until }] of this.#results) {
      if (until > now) return;
      this.#results.delete(token);
    }
  }
}
