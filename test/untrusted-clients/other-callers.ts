/** Callers that an attack must not disturb: a liveness probe, and a user with an entry token. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EventStream } from '../support/event-stream.ts';
import type { ServerProcess } from '../support/server.ts';

const PROBE_MS = 25;
const ANSWER_TIMEOUT_MS = 10_000;

/** What the other callers got. Times in ms. */
export interface Seen {
  /** Sorted response times of `/health/live`, requested every 25 ms whether the previous one was answered or not. */
  readonly probes: readonly number[];
  /** Sorted response times of the user's own entry. */
  readonly reads: readonly number[];
  /** Answers other than 200. */
  readonly failures: readonly string[];
  /** New streams and subscriptions that delivered the entry. */
  readonly streams: number;
}

export class OtherCallers {
  readonly #probes: number[] = [];
  readonly #reads: number[] = [];
  readonly #failures: string[] = [];
  #streams = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: ServerProcess;
  readonly #entryPath: string;
  readonly #concertId: string;
  readonly #token: string;

  constructor(server: ServerProcess, concertId: string, token: string) {
    this.#server = server;
    this.#concertId = concertId;
    this.#entryPath = `/v1/concerts/${concertId}/queue/entries/me`;
    this.#token = token;
  }

  /** Calls until the work is done. */
  async during(work: Promise<unknown>): Promise<Seen> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    const pending: Promise<void>[] = [];
    for (let tick = 0; !isDone; tick++) {
      pending.push(this.#timed('/health/live', undefined, this.#probes));
      if (tick % 8 === 4) pending.push(this.#timed(this.#entryPath, this.#token, this.#reads));
      if (tick % 40 === 20) pending.push(this.#follow());
      await Promise.race([sleep(PROBE_MS), done]);
    }
    await done;
    await Promise.all(pending);
    this.#agent.destroy();
    const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b);
    return {
      probes: ascending(this.#probes),
      reads: ascending(this.#reads),
      failures: this.#failures,
      streams: this.#streams,
    };
  }

  #timed(path: string, token: string | undefined, times: number[]): Promise<void> {
    const sentAt = performance.now();
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new Promise((resolve) => {
      const end = (failure?: string): void => {
        times.push(performance.now() - sentAt);
        if (failure !== undefined) this.#failures.push(`${path}: ${failure}`);
        resolve();
      };
      const options = { agent: this.#agent, headers, timeout: ANSWER_TIMEOUT_MS };
      const call = request(`${this.#server.url}${path}`, options, (response) => {
        response.resume().once('end', () => end(response.statusCode === 200 ? undefined : `${response.statusCode}`));
      });
      call.once('timeout', () => call.destroy(new Error('timeout')));
      call.once('error', (error) => end(error.message));
      call.end();
    });
  }

  /** A new event stream and a new subscription, each until its first entry. */
  async #follow(): Promise<void> {
    try {
      const stream = await EventStream.open(`${this.#server.url}${this.#entryPath}/events`, this.#token);
      for (const until = performance.now() + ANSWER_TIMEOUT_MS; stream.entries.length === 0; ) {
        if (performance.now() > until) throw new Error('the stream sent no entry');
        await sleep(10);
      }
      stream.close();
      await this.#subscription();
      this.#streams += 2;
    } catch (error) {
      // The client of graphql-ws throws a close event.
      const { message, code, reason } = Object(error);
      this.#failures.push(`following: ${message ?? `${code} ${reason}`}`);
    }
  }

  async #subscription(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const Authorized = class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    };
    const url = `${this.#server.url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: Authorized, retryAttempts: 0 });
    const query = `subscription { myEntryChanged(concertId: "${this.#concertId}") { state } }`;
    try {
      for await (const { data, errors } of client.iterate({ query })) {
        if (!data) throw new Error(JSON.stringify(errors));
        return;
      }
      throw new Error('the subscription ended without an entry');
    } finally {
      await client.dispose();
    }
  }
}
