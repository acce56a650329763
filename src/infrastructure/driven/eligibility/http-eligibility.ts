import CircuitBreaker from 'opossum';
import { eligibilityUnavailable } from '../../../application/errors.ts';
import type { Applicant, Eligibility, ShopUser } from '../../../application/ports/eligibility.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { ThrottledWarning } from '../../../lib/throttled-warning.ts';
import { shopUserOf } from './eligibility-response.ts';

export interface HttpEligibilityOptions {
  /** Endpoint of the shop. Use `https:` in untrusted networks, because requests contain phone numbers. */
  readonly url: string;
  /** Bearer token of this service. */
  readonly token: string | undefined;
  /** Of one request including the body. */
  readonly timeoutMs: number;
  /** How long the circuit stays open; default 5,000. */
  readonly resetMs?: number;
}

const RESET_MS = 5000;
/** Minimum number of requests in 10 s before the circuit can open. */
const MIN_REQUESTS = 5;

/**
 * Eligibility by an HTTP endpoint of the shop. Uses POST, so that phone numbers do not appear in logged URLs.
 *
 * A circuit breaker opens when half of the recent requests have failed: callers then fail at once, and one request after
 * `resetMs` tests the endpoint.
 */
export class HttpEligibility implements Eligibility {
  readonly #breaker: CircuitBreaker<[Applicant], ShopUser | undefined>;
  readonly #options: HttpEligibilityOptions;
  readonly #resetMs: number;
  readonly #warning: ThrottledWarning;

  constructor(options: HttpEligibilityOptions, logger: Logger) {
    this.#options = options;
    this.#resetMs = options.resetMs ?? RESET_MS;
    this.#warning = new ThrottledWarning(logger);
    this.#breaker = new CircuitBreaker((applicant) => this.#request(applicant), {
      timeout: false, // the AbortSignal of the request is the timeout
      errorThresholdPercentage: 50,
      volumeThreshold: MIN_REQUESTS,
      resetTimeout: this.#resetMs,
    });
    this.#breaker.on('open', () => logger.warn('eligibility: requests to the shop fail; the circuit is open'));
    this.#breaker.on('close', () => logger.info('eligibility: the shop responds again; the circuit is closed'));
  }

  async find(applicant: Applicant): Promise<ShopUser | undefined> {
    try {
      return await this.#breaker.fire(applicant);
    } catch (error) {
      this.#warning.warn(`eligibility: the request to the shop failed: ${reasonOf(error)}`);
      // Without the cause, which may quote the request.
      throw eligibilityUnavailable(Math.ceil(this.#resetMs / 1000));
    }
  }

  stop(): Promise<void> {
    this.#breaker.shutdown();
    return Promise.resolve();
  }

  async #request(applicant: Applicant): Promise<ShopUser | undefined> {
    const { url, token, timeoutMs } = this.#options;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(applicant),
      redirect: 'error', // phone numbers go only to the configured URL
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    return shopUserOf(await response.text());
  }
}

/** The reason, without content of request or response. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
