/** Calls of the benchmark to the API besides the load. */
import { setTimeout as pause } from 'node:timers/promises';
import { API_POLICY } from './policy.ts';

/** The last receipt offset by partition. */
export type Offsets = ReadonlyMap<number, number>;

interface Receipt {
  readonly partition: number;
  readonly offset: number;
}
const PROJECTION_TIMEOUT_MS = 120_000;
/** Calls are repeated after a 503: the system may be overloaded, or its view removed on purpose. */
const MAX_REPEATS = 600;
const REPEAT_DELAY_MS = 50;

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
    await this.#request(`${concertId}/queue`, { method: 'PUT', headers, body: JSON.stringify(API_POLICY) });
    await this.caughtUp([concertId]); // the API has cached the queue then
  }

  /** Enters each concert once more and resolves when that entry is projected, with all earlier ones. */
  async caughtUp(concertIds: readonly string[]): Promise<Offsets> {
    const last = new Map<number, number>();
    for (const { partition, offset } of await Promise.all(concertIds.map((concertId) => this.#caughtUp(concertId))))
      last.set(partition, Math.max(offset, last.get(partition) ?? offset));
    return last;
  }

  async #caughtUp(concertId: string): Promise<Receipt> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ userId: `marker-${process.pid}-${this.#users++}` });
    const accepted = await this.#request(`${concertId}/queue/entries`, { method: 'POST', headers, body });
    const { entryToken, receipt } = accepted as { entryToken: string; receipt: Receipt };
    const authorization = `Bearer ${entryToken}`;
    for (const deadline = Date.now() + PROJECTION_TIMEOUT_MS; Date.now() < deadline; await pause(5)) {
      const entry = await this.#request(`${concertId}/queue/entries/me`, { headers: { authorization } });
      if ((entry as { state: string }).state !== 'PENDING') return receipt;
    }
    throw new Error(`The view of ${concertId} did not reach offset ${receipt.offset} within 2 minutes.`);
  }

  async #request(path: string, init: RequestInit): Promise<unknown> {
    const send = (): Promise<Response> => fetch(`${this.#address}/v1/concerts/${path}`, init);
    let response = await send();
    for (let tries = 0; response.status === 503 && tries < MAX_REPEATS; tries++) {
      await pause(REPEAT_DELAY_MS);
      response = await send();
    }
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
