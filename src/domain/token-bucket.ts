import type { LogTime } from './types.ts';

/** Tokens are integers, so that every process computes the same state. */
const TOKENS_PER_ADMISSION = 60_000;

/**
 * The rate limit `admissionsPerMinute`, on log time. The bucket holds the tokens of one second, at least one admission, so that
 * there is no burst after a pause. Two concurrent admission controls can exceed it, which leaves a debt. It is part of the
 * folded state, so a new owner continues with the same tokens.
 */
export class TokenBucket {
  #tokens: number;
  #at: LogTime;

  constructor(tokens: number, at: LogTime) {
    this.#tokens = tokens;
    this.#at = at;
  }

  /** Adds tokens up to `now`. Call before the rate changes. */
  refill(now: LogTime, perMinute: number): void {
    this.#tokens = tokensAt(this.#tokens, now - this.#at, perMinute);
    this.#at = now;
  }

  consume(admissions: number): void {
    this.#tokens -= admissions * TOKENS_PER_ADMISSION;
  }

  /** Starts with the tokens of one admission. */
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

/** Whole admissions available at `now`; 0 while in debt. */
export function admissionsAvailable(tokens: number, at: LogTime, now: LogTime, perMinute: number): number {
  return Math.max(0, Math.floor(tokensAt(tokens, now - at, perMinute) / TOKENS_PER_ADMISSION));
}

/**
 * Milliseconds after the last refill until `admissions` are available; 0 if they already are.
 *
 * @param admissions at most the size of the bucket
 */
export function msUntilAvailable(tokens: number, perMinute: number, admissions = 1): number {
  return Math.max(0, Math.ceil((admissions * TOKENS_PER_ADMISSION - tokens) / perMinute));
}

function tokensAt(tokens: number, elapsedMs: number, perMinute: number): number {
  const max = Math.max(TOKENS_PER_ADMISSION, perMinute * 1000);
  return Math.min(max, tokens + Math.max(0, elapsedMs) * perMinute);
}
