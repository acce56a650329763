/** Polls a sample of the accepted entries until the view shows them: the time from the 202 to the first position. */
import { setTimeout as pause } from 'node:timers/promises';
import { Connection, entryTokenIn, type Response } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Latencies } from './observations.ts';
import type { LoadResult } from './plan.ts';
import { ownEntryRequest } from './requests.ts';

const POLL_INTERVAL_MS = 1;
const TIMEOUT_MS = 60_000;
/** Samples in progress at one time; each has a connection. */
const CONCURRENCY = 4;

export class VisibilitySampler {
  readonly #latencies = new Latencies();
  readonly #pool: ConnectionPool;
  readonly #intervalMs: number;
  readonly #inProgress: Set<Promise<void>> = new Set();
  #nextAt = performance.now();
  #timedOut = 0;

  private constructor(pool: ConnectionPool, perSecond: number) {
    this.#pool = pool;
    this.#intervalMs = 1000 / perSecond;
  }

  static async open(address: URL, perSecond: number): Promise<VisibilitySampler> {
    const connections = await Promise.all(Array.from({ length: CONCURRENCY }, () => Connection.open(address)));
    return new VisibilitySampler(new ConnectionPool(address, connections), perSecond);
  }

  /** Samples the accepted entry if the next sample is due and a connection is free. */
  offer(response: Response, acceptedAt: number): void {
    const connection = acceptedAt < this.#nextAt ? undefined : this.#pool.acquire();
    if (!connection) return;
    this.#nextAt = Math.max(this.#nextAt, acceptedAt - this.#intervalMs) + this.#intervalMs; // one late sample delays no other
    const [, concertId = ''] = /\r\nlocation: \/v1\/concerts\/([^/]+)\//i.exec(response.bytes.toString('latin1')) ?? [];
    const request = ownEntryRequest(concertId, entryTokenIn(response));
    const sample = this.#sample(connection, request, acceptedAt).finally(() => this.#inProgress.delete(sample));
    this.#inProgress.add(sample);
  }

  /** Waits for the samples in progress. */
  async close(): Promise<void> {
    await Promise.all(this.#inProgress);
    this.#pool.close();
  }

  /** @throws Error when the view did not show an entry within a minute */
  summary(): NonNullable<LoadResult['visible']> {
    if (this.#timedOut > 0) throw new Error(`The view did not show ${this.#timedOut} sampled entries within a minute.`);
    return { samples: this.#latencies.count, ...this.#latencies.summary() };
  }

  async #sample(first: Connection, request: string, acceptedAt: number): Promise<void> {
    let connection: Connection | undefined = first;
    for (let now = acceptedAt; now - acceptedAt < TIMEOUT_MS; now = performance.now()) {
      const response = connection && (await responseTo(connection, request));
      if (connection && response?.status === 200 && !response.bytes.includes('"state":"PENDING"')) {
        this.#latencies.add(performance.now() - acceptedAt);
        this.#pool.release(connection);
        return;
      }
      await pause(POLL_INTERVAL_MS);
      if (connection?.open) continue;
      if (connection) this.#pool.release(connection); // the pool opens it again
      connection = this.#pool.acquire();
    }
    this.#timedOut++;
  }
}

function responseTo(connection: Connection, request: string): Promise<Response | undefined> {
  return new Promise((resolve) => connection.request(request, resolve));
}
