import type { LogTime } from './types.ts';

/** One admission, in the unit in which credit is counted: whole numbers, so that every machine counts alike. */
const ONE = 60_000;

/**
 * What `admissionsPerMinute` leaves to be spent. Credit grows with log time and is bounded by one second's worth (at least one
 * admission), so that nobody is called in bursts after a pause. Admissions beyond it (two admitters at work) leave a debt.
 * It lives in the fold, so whoever takes over admission neither refills nor loses it.
 */
export class AdmissionRate {
  #credit: number;
  #at: LogTime;

  constructor(credit: number, at: LogTime) {
    this.#credit = credit;
    this.#at = at;
  }

  /** Grows the credit up to `now`, at the rate that was in force until then. */
  settle(now: LogTime, perMinute: number): void {
    this.#credit = creditAt(this.#credit, now - this.#at, perMinute);
    this.#at = now;
  }

  spend(admissions: number): void {
    this.#credit -= admissions * ONE;
  }

  /** Starts afresh, with one admission to spend. */
  restart(now: LogTime): void {
    this.#credit = ONE;
    this.#at = now;
  }

  get credit(): number {
    return this.#credit;
  }
  get at(): LogTime {
    return this.#at;
  }
}

/** Whole admissions that may be spent at `now`; 0 while in debt. */
export function affordable(credit: number, at: LogTime, now: LogTime, perMinute: number): number {
  return Math.max(0, Math.floor(creditAt(credit, now - at, perMinute) / ONE));
}

/** Milliseconds after `at` until so many admissions can be afforded (at most a second's worth, or one); 0 when they can be already. */
export function msUntilAffordable(credit: number, perMinute: number, admissions = 1): number {
  return Math.max(0, Math.ceil((admissions * ONE - credit) / perMinute));
}

function creditAt(credit: number, elapsedMs: number, perMinute: number): number {
  const most = Math.max(ONE, perMinute * 1000);
  return Math.min(most, credit + Math.max(0, elapsedMs) * perMinute);
}
