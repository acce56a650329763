/** What the benchmark asks of the API besides load. */
import { setTimeout as pause } from 'node:timers/promises';
import { POLICY_GIVEN } from './policy.ts';

/** Partition -> the last offset that somebody was told. */
export type Offsets = ReadonlyMap<number, number>;

interface Receipt {
  readonly partition: number;
  readonly offset: number;
}
const PROJECTED_WITHIN_MS = 120_000;
/** What is overloaded, or has lost its view on purpose, is asked again. */
const MOST_REPEATS = 600;
const REPEATED_AFTER_MS = 50;

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
    await this.#ask(`${concertId}/queue`, { method: 'PUT', headers, body: JSON.stringify(POLICY_GIVEN) });
    await this.caughtUp([concertId]); // and the API knows it from now on
  }

  /** Enters each concert once more, and resolves when that is in the view, and with it all that came before. */
  async caughtUp(concertIds: readonly string[]): Promise<Offsets> {
    const last = new Map<number, number>();
    for (const { partition, offset } of await Promise.all(concertIds.map((concertId) => this.#caughtUp(concertId))))
      last.set(partition, Math.max(offset, last.get(partition) ?? offset));
    return last;
  }

  async #caughtUp(concertId: string): Promise<Receipt> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ userId: `marker-${process.pid}-${this.#users++}` });
    const accepted = await this.#ask(`${concertId}/queue/entries`, { method: 'POST', headers, body });
    const { entryToken, receipt } = accepted as { entryToken: string; receipt: Receipt };
    const authorization = `Bearer ${entryToken}`;
    for (const deadline = Date.now() + PROJECTED_WITHIN_MS; Date.now() < deadline; await pause(5)) {
      const entry = await this.#ask(`${concertId}/queue/entries/me`, { headers: { authorization } });
      if ((entry as { state: string }).state !== 'PENDING') return receipt;
    }
    throw new Error(`The view of ${concertId} did not reach offset ${receipt.offset} within 2 minutes.`);
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const ask = (): Promise<Response> => fetch(`${this.#address}/v1/concerts/${path}`, init);
    let answer = await ask();
    for (let tries = 0; answer.status === 503 && tries < MOST_REPEATS; tries++) {
      await pause(REPEATED_AFTER_MS);
      answer = await ask();
    }
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
