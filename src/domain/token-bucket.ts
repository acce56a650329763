import type { LogTime } from './types.ts';

/** One admission, in the unit in which credit is counted: whole numbers, so that every machine counts alike. */
const TOKENS_PER_ADMISSION = 60_000;

/**
 * What `admissionsPerMinute` leaves to be spent. Credit grows with log time and is bounded by one second's worth (at least one
 * admission), so that nobody is called in bursts after a pause. Admissions beyond it (two admitters at work) leave a debt.
 * It lives in the fold, so whoever takes over admission neither refills nor loses it.
 */
export class TokenBucket {
  #tokens: number;
  #at: LogTime;

  constructor(tokens: number, at: LogTime) {
    this.#tokens = tokens;
    this.#at = at;
  }

  /** Grows the credit up to `now`, at the rate that was in force until then. */
  refill(now: LogTime, perMinute: number): void {
    this.#tokens = tokensAt(this.#tokens, now - this.#at, perMinute);
    this.#at = now;
  }

  consume(admissions: number): void {
    this.#tokens -= admissions * TOKENS_PER_ADMISSION;
  }

  /** Starts afresh, with one admission to spend. */
  reset(now: LogTime): void {
    this.#tokens = TOKENS_PER_ADMISSION;
    this.#at = now;
  }

  get tokens(): number {
    return this.#tokens;
  }
  get at(): LogTime {
    return this.#at;
  }
}

/** Whole admissions that may be spent at `now`; 0 while in debt. */
export function admissionsAvailable(tokens: number, at: LogTime, now: LogTime, perMinute: number): number {
  return Math.max(0, Math.floor(tokensAt(tokens, now - at, perMinute) / TOKENS_PER_ADMISSION));
}

/** Milliseconds after `at` until so many admissions can be afforded (at most a second's worth, or one); 0 when they can be already. */
export function msUntilAvailable(tokens: number, perMinute: number, admissions = 1): number {
  return Math.max(0, Math.ceil((admissions * TOKENS_PER_ADMISSION - tokens) / perMinute));
}

function tokensAt(tokens: number, elapsedMs: number, perMinute: number): number {
  const most = Math.max(TOKENS_PER_ADMISSION, perMinute * 1000);
  return Math.min(most, tokens + Math.max(0, elapsedMs) * perMinute);
}
