import type { Generation } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId } from '../../../domain/types.ts';

/** Every Redis key of the view. The keys of a concert share a hash tag: in a cluster, one script may access all of them. */
export class RedisKeys {
  /** @param prefix NAME_PREFIX: separates installations that share a Redis; no braces, which would change the hash tag */
  constructor(private readonly prefix: string) {}

  /** Hash: generation, fold (version), offset, counts, attributes and notice. Makes its generation the current one. */
  head = (concertId: ConcertId): string => `${this.prefix}queue:{${concertId}}:head`;
  /** Hash: userId -> encoded entry. */
  entries = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'entries');
  /** Sorted set: userIds in state WAITING, scored by place. */
  waiting = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'waiting');
  /** Set: disqualified userIds. */
  disqualified = (concertId: ConcertId, generation: Generation): string =>
    this.#of(concertId, generation, 'disqualified');
  /** String: sequence number of the last stage call of a generation that is not current yet. */
  staged = (concertId: ConcertId, generation: Generation): string => this.#of(concertId, generation, 'staged');

  /** KEYS[1] to KEYS[4] of every script about a concert. */
  concert = (concertId: ConcertId, generation: Generation): string[] => [
    this.head(concertId),
    ...this.collections(concertId, generation),
  ];
  /** The collections of a generation. */
  collections = (concertId: ConcertId, generation: Generation): string[] => [
    this.entries(concertId, generation),
    this.waiting(concertId, generation),
    this.disqualified(concertId, generation),
  ];

  /** Hash: the checkpoint of a partition; fields in checkpoint-codec.ts. */
  partition = (partition: number): string => `${this.prefix}partition:${partition}`;

  /** Hash: the latest rebuild request of a partition, and its progress. */
  rebuild = (partition: number): string => `${this.prefix}partition:${partition}:rebuild-request`;

  #of(concertId: ConcertId, generation: Generation, collection: string): string {
    return `${this.prefix}queue:{${concertId}}:${generation}:${collection}`;
  }
}
