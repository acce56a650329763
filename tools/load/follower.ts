/** Follows some of the accepted until the view shows them: how long after its 202 an entry has a position. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, Connection, entryTokenIn } from './connection.ts';
import { FreeConnections } from './free-connections.ts';
import { Latencies } from './observations.ts';
import type { LoadSeen } from './plan.ts';
import { ownEntryRequest } from './requests.ts';

const LOOK_EVERY_MS = 1;
const GIVEN_UP_AFTER_MS = 60_000;
/** Followed at one time; each has a connection. */
const SIDE_BY_SIDE = 4;

export class Follower {
  readonly #latencies = new Latencies();
  readonly #free: FreeConnections;
  readonly #everyMs: number;
  readonly #under: Set<Promise<void>> = new Set();
  #next = performance.now();
  #lost = 0;

  private constructor(free: FreeConnections, perSecond: number) {
    this.#free = free;
    this.#everyMs = 1000 / perSecond;
  }

  static async open(address: URL, perSecond: number): Promise<Follower> {
    const connections = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => Connection.open(address)));
    return new Follower(new FreeConnections(address, connections), perSecond);
  }

  /** Starts to follow the entry if another is due and a follower is free. */
  offer(answer: Answer, acceptedAt: number): void {
    const connection = acceptedAt < this.#next ? undefined : this.#free.take();
    if (!connection) return;
    this.#next = Math.max(this.#next, acceptedAt - this.#everyMs) + this.#everyMs; // who is a little late delays no other
    const [, concertId = ''] = /\r\nlocation: \/v1\/concerts\/([^/]+)\//i.exec(answer.bytes.toString('latin1')) ?? [];
    const request = ownEntryRequest(concertId, entryTokenIn(answer));
    const following = this.#follow(connection, request, acceptedAt).finally(() => this.#under.delete(following));
    this.#under.add(following);
  }

  async done(): Promise<void> {
    await Promise.all(this.#under);
    this.#free.close();
  }

  summary(): NonNullable<LoadSeen['visible']> {
    if (this.#lost > 0) throw new Error(`${this.#lost} of the entries followed were not seen within a minute.`);
    return { followed: this.#latencies.count, ...this.#latencies.summary() };
  }

  async #follow(first: Connection, request: string, acceptedAt: number): Promise<void> {
    let connection: Connection | undefined = first;
    for (let now = acceptedAt; now - acceptedAt < GIVEN_UP_AFTER_MS; now = performance.now()) {
      const answer = connection && (await requested(connection, request));
      if (connection && answer?.status === 200 && !answer.bytes.includes('"state":"PENDING"')) {
        this.#latencies.add(performance.now() - acceptedAt);
        this.#free.give(connection);
        return;
      }
      await pause(LOOK_EVERY_MS);
      if (connection?.open) continue;
      if (connection) this.#free.give(connection); // to be opened again
      connection = this.#free.take();
    }
    this.#lost++;
  }
}

function requested(connection: Connection, request: string): Promise<Answer | undefined> {
  return new Promise((resolve) => connection.ask(request, resolve));
}
