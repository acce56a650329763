import type { FatalError } from '../../../application/errors.ts';
import type { LogConsumer } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionConsumer } from './partition-consumer.ts';

/** The partitions that the group has assigned to this process. */
export class PartitionAssignment {
  /** Resolves with the first fatal error of a partition; otherwise stays pending. */
  readonly failure: Promise<FatalError>;
  readonly #fail: (error: FatalError) => void;
  readonly #topic: string;
  readonly #consumer: LogConsumer;
  readonly #offsets: KafkaPartitions;
  readonly #log: Logger;
  readonly #assigned = new Map<number, PartitionConsumer>();
  /** Unfinished calls of revoked consumers. The next consumer of the partition waits for them. */
  readonly #previous = new Map<number, Promise<void>>();
  readonly #committed = new Map<number, Offset>();
  #isStopped = false;

  constructor(topic: string, consumer: LogConsumer, offsets: KafkaPartitions, log: Logger) {
    const failure = Promise.withResolvers<FatalError>();
    this.failure = failure.promise;
    this.#fail = failure.resolve;
    this.#topic = topic;
    this.#consumer = consumer;
    this.#offsets = offsets;
    this.#log = log;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  all(): readonly PartitionConsumer[] {
    return [...this.#assigned.values()];
  }

  get(partition: number): PartitionConsumer | undefined {
    return this.#assigned.get(partition);
  }

  /** Revokes the partitions that are not in the list. @returns the consumers that were added, and those that were kept */
  update(partitions: readonly number[]): Record<'added' | 'kept', readonly PartitionConsumer[]> {
    const current = new Set(partitions);
    for (const consumer of this.all()) if (!current.has(consumer.partition)) this.#remove(consumer);
    const kept = this.all();
    const added = [...current]
      .filter((partition) => !this.#assigned.has(partition))
      .map((partition) => this.#add(partition));
    const sorted = [...current].toSorted((a, b) => a - b);
    this.#log.info(`kafka: partitions of this process: ${sorted.join(', ') || 'none'}`);
    return { added, kept };
  }

  clear(): void {
    for (const consumer of this.all()) this.#remove(consumer);
  }

  /** Revokes every partition but keeps the consumers, for the last commit. Resolves when their calls have finished. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const consumer of this.all()) consumer.revoke();
    await Promise.all(this.all().map((consumer) => consumer.settled()));
  }

  /** Offsets that have changed since the last commit. */
  uncommitted(): ReadonlyMap<number, Offset> {
    const offsets = new Map<number, Offset>();
    for (const { partition, projected } of this.all()) {
      if (projected !== undefined && projected !== this.#committed.get(partition)) offsets.set(partition, projected);
    }
    return offsets;
  }

  markCommitted(offsets: ReadonlyMap<number, Offset>): void {
    for (const [partition, offset] of offsets) this.#committed.set(partition, offset);
  }

  #add(partition: number): PartitionConsumer {
    const previous = this.#previous.get(partition) ?? Promise.resolve();
    const added = new PartitionConsumer(this.#topic, partition, this.#consumer, this.#offsets, this.#log, previous);
    void added.failure.then(this.#fail);
    this.#assigned.set(partition, added);
    return added;
  }

  #remove(consumer: PartitionConsumer): void {
    consumer.revoke();
    this.#assigned.delete(consumer.partition);
    this.#committed.delete(consumer.partition);
    this.#previous.set(consumer.partition, consumer.settled());
  }
}
