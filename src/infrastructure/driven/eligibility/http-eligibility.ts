import CircuitBreaker from 'opossum';
import { eligibilityUnavailable } from '../../../application/errors.ts';
import type { Applicant, Eligibility, ShopUser } from '../../../application/ports/eligibility.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { ThrottledWarning } from '../../../lib/throttled-warning.ts';
import { shopUserOf } from './eligibility-response.ts';

export interface HttpEligibilitySettings {
  /** The shop's endpoint; `https:` wherever the network is not trusted, since phone numbers travel to it. */
  readonly url: string;
  /** Bearer token by which the shop knows us. */
  readonly token: string | undefined;
  /** Longest that one look may take, body included, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a shop that fails is left alone; default 5,000. */
  readonly resetMs?: number;
}

const RESET_MS = 5000;
/** So few looks within ten seconds prove nothing. */
const FEWEST_LOOKS = 5;

/**
 * The shop's records behind its own endpoint. In a POST, so that no phone number stands in an address that somebody logs.
 *
 * After half of the recent looks failed nobody is asked for a while, so that a shop that is down is left in peace and
 * applicants need not wait for a time-out; then one look tells whether it is back.
 */
export class HttpEligibility implements Eligibility {
  readonly #breaker: CircuitBreaker<[Applicant], ShopUser | undefined>;
  readonly #settings: HttpEligibilitySettings;
  readonly #resetMs: number;
  readonly #warning: ThrottledWarning;

  constructor(settings: HttpEligibilitySettings, diagnostics: Logger) {
    this.#settings = settings;
    this.#resetMs = settings.resetMs ?? RESET_MS;
    this.#warning = new ThrottledWarning(diagnostics);
    this.#breaker = new CircuitBreaker((applicant) => this.#ask(applicant), {
      timeout: false, // the request is ended by its own signal, not left behind
      errorThresholdPercentage: 50,
      volumeThreshold: FEWEST_LOOKS,
      resetTimeout: this.#resetMs,
    });
    this.#breaker.on('open', () => diagnostics.warn('eligibility: the shop fails; it is left alone for a while'));
    this.#breaker.on('close', () => diagnostics.info('eligibility: the shop answers again'));
  }

  async find(applicant: Applicant): Promise<ShopUser | undefined> {
    try {
      return await this.#breaker.fire(applicant);
    } catch (error) {
      this.#warning.warn(`eligibility: the shop cannot be asked: ${wordsOf(error)}`);
      // Without the cause: it might quote what was asked.
      throw eligibilityUnavailable(Math.ceil(this.#resetMs / 1000));
    }
  }

  stop(): Promise<void> {
    this.#breaker.shutdown();
    return Promise.resolve();
  }

  async #ask(applicant: Applicant): Promise<ShopUser | undefined> {
    const { url, token, timeoutMs } = this.#settings;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(applicant),
      redirect: 'error', // a number goes where the operator said, and nowhere else
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`status ${answer.status}`);
    }
    return shopUserOf(await answer.text());
  }
}

/** Why, in words that quote nothing of what was asked or answered. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
