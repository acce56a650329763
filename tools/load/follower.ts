/** Follows some of the accepted until the view shows them: how long after its 202 an entry has a position. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, Connection, entryTokenIn } from './connection.ts';
import { Latencies } from './observations.ts';
import type { LoadSeen } from './plan.ts';
import { ownEntryRequest } from './requests.ts';

const LOOK_EVERY_MS = 1;
const GIVEN_UP_AFTER_MS = 60_000;
/** Followed at one time; each has a connection. */
const SIDE_BY_SIDE = 4;

export class Follower {
  readonly #latencies = new Latencies();
  readonly #free: Connection[];
  readonly #all: readonly Connection[];
  readonly #everyMs: number;
  readonly #under: Set<Promise<void>> = new Set();
  #next = performance.now();
  #lost = 0;

  private constructor(connections: Connection[], perSecond: number) {
    this.#all = [...connections];
    this.#free = connections;
    this.#everyMs = 1000 / perSecond;
  }

  static async open(address: URL, perSecond: number): Promise<Follower> {
    return new Follower(
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => Connection.open(address))),
      perSecond,
    );
  }

  /** Follows it if it is time for another, and somebody is free. */
  offer(answer: Answer, acceptedAt: number): void {
    const connection = acceptedAt < this.#next ? undefined : this.#free.pop();
    if (!connection) return;
    this.#next = acceptedAt + this.#everyMs;
    const [, concertId = ''] = /\r\nlocation: \/v1\/concerts\/([^/]+)\//i.exec(answer.bytes.toString('latin1')) ?? [];
    const request = ownEntryRequest(concertId, entryTokenIn(answer));
    const following = this.#follow(connection, request, acceptedAt).finally(() => {
      this.#free.push(connection);
      this.#under.delete(following);
    });
    this.#under.add(following);
  }

  async done(): Promise<void> {
    await Promise.all(this.#under);
    for (const connection of this.#all) connection.close();
  }

  summary(): NonNullable<LoadSeen['visible']> {
    if (this.#lost > 0) throw new Error(`${this.#lost} of the entries followed were not seen within a minute.`);
    return { followed: this.#latencies.count, ...this.#latencies.summary() };
  }

  async #follow(connection: Connection, request: string, acceptedAt: number): Promise<void> {
    for (let now = acceptedAt; now - acceptedAt < GIVEN_UP_AFTER_MS; now = performance.now()) {
      const answer = await new Promise<Answer | undefined>((resolve) => connection.ask(request, resolve));
      if (answer?.status === 200 && !answer.bytes.includes('"state":"PENDING"')) {
        this.#latencies.add(performance.now() - acceptedAt);
        return;
      }
      await pause(LOOK_EVERY_MS);
    }
    this.#lost++;
  }
}
