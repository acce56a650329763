/** What the benchmark asks of the API besides load. */
import { setTimeout as pause } from 'node:timers/promises';

const POLICY = { capacity: 1, admissionsPerMinute: 1, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const PROJECTED_WITHIN_MS = 120_000;

export class QueueClient {
  readonly #address: string;
  readonly #adminToken: string;
  #users = 0;

  constructor(address: string, adminToken: string) {
    this.#address = address;
    this.#adminToken = adminToken;
  }

  /** Opens the concert's queue. Resolves when that is projected. */
  async open(concertId: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.#adminToken}`, 'content-type': 'application/json' };
    await this.#ask(`${concertId}/queue`, { method: 'PUT', headers, body: JSON.stringify(POLICY) });
    await this.caughtUp([concertId]); // and the API knows it from now on
  }

  /** Resolves when everything that the log now holds of these concerts is in the view; answers the last offset of each. */
  caughtUp(concertIds: readonly string[]): Promise<readonly number[]> {
    return Promise.all(concertIds.map((concertId) => this.#caughtUp(concertId)));
  }

  async #caughtUp(concertId: string): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ userId: `marker-${process.pid}-${this.#users++}` });
    const accepted = await this.#ask(`${concertId}/queue/entries`, { method: 'POST', headers, body });
    const { entryToken, receipt } = accepted as { entryToken: string; receipt: { offset: number } };
    const authorization = `Bearer ${entryToken}`;
    for (const deadline = Date.now() + PROJECTED_WITHIN_MS; Date.now() < deadline; await pause(5)) {
      const entry = await this.#ask(`${concertId}/queue/entries/me`, { headers: { authorization } });
      if ((entry as { state: string }).state !== 'PENDING') return receipt.offset;
    }
    throw new Error(`The view of ${concertId} did not reach offset ${receipt.offset} within 2 minutes.`);
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.#address}/v1/concerts/${path}`, init);
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
