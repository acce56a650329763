/** A verdict is this old at most: how long a completed admission may still open the gate. */
const REMEMBERED_MS = 1_000;
const ANSWERED_WITHIN_MS = 2_000;

interface Verdict {
  readonly until: number;
  readonly stands: Promise<boolean>;
}

/** Which admissions are still active, as the waiting room says. It is asked once a second for each, however busy its bearer. */
export class StandingAdmissions {
  readonly #address: string;
  /** In the order in which they were asked for, and so in which they grow old. */
  readonly #verdicts = new Map<string, Verdict>();

  constructor(waitingRoom: string, concertId: string) {
    this.#address = new URL(`/v1/admissions/verify?concertId=${concertId}`, waitingRoom).href;
  }

  /** @throws Error when the waiting room cannot say */
  includes(token: string): Promise<boolean> {
    const now = performance.now();
    this.#forgetUntil(now);
    const known = this.#verdicts.get(token);
    if (known) return known.stands;
    const verdict = { until: now + REMEMBERED_MS, stands: this.#ask(token) };
    this.#verdicts.set(token, verdict);
    // Not knowing is no verdict: whoever comes next asks again.
    verdict.stands.catch(() => this.#verdicts.get(token) === verdict && this.#verdicts.delete(token));
    return verdict.stands;
  }

  async #ask(token: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await fetch(this.#address, { headers, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
    if (status === 204) return true;
    if (status === 401 || status === 403) return false;
    throw new Error(`the waiting room answered ${status}`);
  }

  #forgetUntil(now: number): void {
    for (const [token, { until }] of this.#verdicts) {
      if (until > now) return;
      this.#verdicts.delete(token);
    }
  }
}
