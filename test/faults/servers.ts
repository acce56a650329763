/** Dedicated servers for faults, shared by consecutive cases with the same number of brokers. */
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { startDedicatedKafkaCluster } from '../support/dedicated-kafka-cluster.ts';

export interface FaultSetup {
  /** Default 1. */
  readonly brokers?: 1 | 3;
  /** Standby projectors; default 0. */
  readonly standbys?: number;
  readonly api?: Readonly<Record<string, string>>;
  readonly projector?: Readonly<Record<string, string>>;
  /** Directives of the Redis. */
  readonly redis?: Readonly<Record<string, string>>;
  readonly redisLauncher?: readonly string[];
  /** 3: a Redis Cluster, which ignores the two settings above. Default 1: a single Redis. */
  readonly redisMasters?: 1 | 3;
}

/** Brokers take seconds to start, so consecutive cases share them. */
export class Brokers {
  readonly #started = new Map<number, readonly DedicatedKafka[]>();

  async of({ brokers = 1 }: FaultSetup): Promise<readonly DedicatedKafka[]> {
    const known = this.#started.get(brokers);
    if (known) return known;
    await this.close(); // one set at a time, to save memory
    const started = brokers === 1 ? [await startDedicatedKafka()] : await startDedicatedKafkaCluster();
    this.#started.set(brokers, started);
    return started;
  }

  async close(): Promise<void> {
    const all = [...this.#started.values()].flat();
    this.#started.clear();
    await Promise.all(all.map((broker) => broker.close()));
  }
}
