/** The servers that faults are made on: private ones, kept from cell to cell where that is possible. */
import { type PrivateKafka, startPrivateKafka } from '../support/dedicated-kafka.ts';
import { startPrivateKafkaCluster } from '../support/dedicated-kafka-cluster.ts';

export interface Setting {
  /** Default 1. */
  readonly brokers?: 1 | 3;
  /** Further projectors that stand by; default 0. */
  readonly standbys?: number;
  readonly api?: Readonly<Record<string, string>>;
  readonly projector?: Readonly<Record<string, string>>;
  /** Directives of the Redis. */
  readonly redis?: Readonly<Record<string, string>>;
  readonly redisLauncher?: readonly string[];
  /** 3: a Redis Cluster, for which the two above do not count. Default 1: a Redis alone. */
  readonly redisMasters?: 1 | 3;
}

/** Brokers take seconds to start: one set of each size serves many cells, one after the other. */
export class Brokers {
  readonly #started = new Map<number, readonly PrivateKafka[]>();

  async of({ brokers = 1 }: Setting): Promise<readonly PrivateKafka[]> {
    const known = this.#started.get(brokers);
    if (known) return known;
    await this.close(); // of another size: the machine is small
    const started = brokers === 1 ? [await startPrivateKafka()] : await startPrivateKafkaCluster();
    this.#started.set(brokers, started);
    return started;
  }

  async close(): Promise<void> {
    const all = [...this.#started.values()].flat();
    this.#started.clear();
    await Promise.all(all.map((broker) => broker.close()));
  }
}
