import type { Generation } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId } from '../../../domain/types.ts';

/** Every Redis key of the project. A concert's keys share a hash tag, so that one script may touch them all in a cluster. */
export class RedisKeys {
  /** @param prefix NAME_PREFIX: keeps installations that share a Redis apart; without braces, which would move the hash tag */
  constructor(private readonly prefix: string) {}

  /** Hash: generation, fold, offset, counts and attributes of what readers see. Its existence makes a generation current. */
  head = (concertId: ConcertId): string => `${this.prefix}queue:{${concertId}}:head`;
  /** Hash: userId -> encoded life. */
  entries = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'entries');
  /** Sorted set: place -> userId of who is WAITING. */
  waiting = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'waiting');
  /** Set: userIds refused until reinstated. */
  disqualified = (concertId: ConcertId, generation: Generation): string =>
    this.#of(concertId, generation, 'disqualified');
  /** String: how many calls have staged a generation that is not current yet. */
  staged = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'staged');

  /** KEYS[1] to KEYS[4] of every script about a concert. */
  concert = (concertId: ConcertId, generation: Generation): string[] => [
    this.head(concertId),
    ...this.collections(concertId, generation),
  ];
  /** What a generation is made of, once it is current. */
  collections = (concertId: ConcertId, generation: Generation): string[] => [
    this.entries(concertId, generation),
    this.waiting(concertId, generation),
    this.disqualified(concertId, generation),
  ];

  /** Hash: concertId -> last folded offset, and who wrote it when (partition-record.ts). */
  partition = (partition: number): string => `${this.prefix}partition:${partition}`;

  /** Hash: the rebuild of a partition that was asked for last, and how far it is. */
  rebuild = (partition: number): string => `${this.prefix}partition:${partition}:rebuild`;

  #of(concertId: ConcertId, generation: Generation, what: string): string {
    return `${this.prefix}queue:{${concertId}}:${generation}:${what}`;
  }
}
