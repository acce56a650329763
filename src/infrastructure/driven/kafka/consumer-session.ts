import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withFallback, withTimeout } from '../../../lib/timeout.ts';
import { type FetchedBatch, fetchedBatch } from './fetched-batch.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { partitionAssigner } from './partition-assigner.ts';
import type { PartitionAssignment } from './partition-assignment.ts';
import type { PartitionConsumer } from './partition-consumer.ts';

/** All in milliseconds. */
export interface SessionTimes {
  /** The broker removes a member from the group after this time without a heartbeat. */
  readonly sessionTimeoutMs: number;
  /** How long the other members wait for a member to rejoin. */
  readonly rebalanceTimeoutMs: number;
  /** How long the broker may delay an empty fetch response. */
  readonly maxWaitMs: number;
  /** How long a fetch waits for one partition to process its batch. All partitions of a broker share the fetch loop. */
  readonly backpressureTimeoutMs: number;
  /** Minimum time between fetches at the end of the log. A fetch and a write cost about the same for one record and for many. */
  readonly minFetchIntervalMs: number;
}

/** After this time plus the rebalance timeout without any activity, the session ends. */
const STALL_TIMEOUT_MS = 30_000;
const LEAVE_TIMEOUT_MS = 4000;
/** A consumer that reads fetches at least every second; a request times out after 5 s. */
const MAX_FETCH_AGE_MS = 7_000;
/** A connection that drops all bytes looks open: the second timed-out fetch of a broker within this time ends the session. */
const FETCH_TIMEOUT_WINDOW_MS = 20_000;

/**
 * One kafkajs consumer, from joining the group until it ends. It cannot be restarted: the caller makes a new session with new
 * connections, because kafkajs keeps using connections that no longer answer.
 *
 * Calls go in one direction: kafkajs calls the session, the session calls the partition consumers.
 */
export class ConsumerSession {
  readonly #consumer: Consumer;
  readonly #options: KafkaOptions;
  readonly #times: SessionTimes;
  readonly #assignment: PartitionAssignment;
  readonly #log: Logger;
  readonly #joined = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #hasJoined = false;
  #isActive = false;
  #isClosed = false;
  #lastActivity = 0;
  #lastFetchAt = 0;
  /** When a fetch of each broker timed out last. */
  readonly #timedOutAt = new Map<string, number>();
  #failure: string | undefined;

  constructor(kafka: Kafka, options: KafkaOptions, times: SessionTimes, assignment: PartitionAssignment, log: Logger) {
    this.#options = options;
    this.#times = times;
    this.#assignment = assignment;
    this.#log = log;
    this.#consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: times.sessionTimeoutMs,
      rebalanceTimeout: times.rebalanceTimeoutMs,
      heartbeatInterval: Math.min(1000, times.sessionTimeoutMs / 5),
      maxWaitTimeInMs: times.maxWaitMs,
      maxBytesPerPartition: 512 * 1024,
      maxBytes: 8 * 1024 * 1024,
      allowAutoTopicCreation: false,
      partitionAssigners: [partitionAssigner],
      retry: { retries: 5, restartOnFailure: async () => false },
    });
  }

  /** Resolves when the group is joined for the first time. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** Why the session ended or does not read; undefined while it reads. */
  get failure(): string | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (!this.#hasJoined) return 'the group is not joined yet';
    const age = performance.now() - this.#lastFetchAt;
    return age > MAX_FETCH_AGE_MS ? `the last answer to a fetch came ${Math.round(age / 1000)} s ago` : undefined;
  }

  /** Joins the group and delivers records. Resolves when the session has ended; rejects if it cannot start. */
  async run(): Promise<void> {
    this.#listen();
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#options.topic], fromBeginning: true });
    if (this.#isClosed) return;
    this.#isActive = true;
    this.#recordActivity();
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#options.partitions,
      eachBatch: (payload) => this.#onBatch(payload),
    });
    await this.#ended.promise;
  }

  /** Ends a session without activity: kafkajs may wait for ever for a connection to close. */
  endIfStalled(): void {
    const timeoutMs = STALL_TIMEOUT_MS + this.#times.rebalanceTimeoutMs;
    if (!this.#isActive || performance.now() - this.#lastActivity < timeoutMs) return;
    this.#log.warn(`kafka: no activity of the consumer for ${timeoutMs} ms`);
    this.#end('the consumer stopped');
  }

  /** Commits offsets for monitoring only: no member reads them. Logs a failure. */
  async commit(): Promise<void> {
    const offsets = this.#assignment.uncommitted();
    if (!this.#isActive || offsets.size === 0) return;
    const { topic } = this.#options;
    try {
      await this.#consumer.commitOffsets(
        [...offsets].map(([partition, offset]) => ({ topic, partition, offset: `${offset}` })),
      );
      this.#assignment.markCommitted(offsets);
    } catch (error) {
      this.#log.debug(`kafka: offsets not committed: ${String(error)}`);
    }
  }

  async close(): Promise<void> {
    this.#isActive = false;
    this.#isClosed = true;
    this.#ended.resolve();
    await withTimeout(LEAVE_TIMEOUT_MS, 'leaving the group', this.#consumer.disconnect()).catch((error: unknown) =>
      this.#log.debug(`kafka: the consumer did not close: ${String(error)}`),
    );
  }

  #listen(): void {
    const { events } = this.#consumer;
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#log.warn(`kafka: the consumer ended: ${String(payload.error)}`);
      this.#end(String(payload.error));
    });
    this.#consumer.on(events.FETCH_START, () => this.#recordActivity());
    this.#consumer.on(events.FETCH, () => {
      this.#lastFetchAt = performance.now();
    });
    this.#consumer.on(events.REQUEST_TIMEOUT, ({ payload }) => {
      const { apiName, broker } = payload;
      if (apiName !== 'Fetch') return;
      const before = this.#timedOutAt.get(broker) ?? Number.NEGATIVE_INFINITY;
      this.#timedOutAt.set(broker, performance.now());
      if (performance.now() - before > FETCH_TIMEOUT_WINDOW_MS) return;
      this.#log.warn(`kafka: ${broker} did not answer two fetches; connecting again`);
      this.#end(`${broker} does not answer`);
    });
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#recordActivity();
      this.#onJoin(payload.memberAssignment[this.#options.topic] ?? []);
    });
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      const { batchSize, partition, firstOffset, lastOffset } = payload;
      // Only transaction markers or aborted records: kafkajs does not call eachBatch.
      if (batchSize === 0) this.#assignment.get(partition)?.skip(Number(firstOffset), Number(lastOffset));
    });
  }

  /** Runs after every rebalance, before the next fetch. */
  #onJoin(partitions: readonly number[]): void {
    if (!this.#isActive || this.#assignment.isStopped) return;
    const { added, kept } = this.#assignment.update(partitions);
    // After a rebalance kafkajs continues at the committed offsets.
    for (const { partition, next } of kept) if (next !== undefined) this.#seek(partition, next);
    for (const consumer of added) {
      this.#pause(consumer.partition);
      void consumer.loaded.then(() => this.#startReading(consumer));
    }
    this.#lastFetchAt = performance.now();
    this.#hasJoined = true;
    this.#joined.resolve();
  }

  #startReading(consumer: PartitionConsumer): void {
    const { partition, next } = consumer;
    if (next === undefined || consumer.isRevoked) return;
    this.#seek(partition, next);
    this.#resume(partition);
  }

  async #onBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const fetched = fetchedBatch(batch);
    const consumer = this.#assignment.get(fetched.partition);
    if (!consumer || consumer.isRevoked) return;
    if (consumer.accept(fetched)) {
      resolveOffset(batch.lastOffset());
      await this.#applyBackpressure(consumer, fetched);
    } else if (consumer.next !== undefined) {
      // Fetched before a rebalance or a pause, or kafkajs met OFFSET_OUT_OF_RANGE and moved silently.
      this.#seek(fetched.partition, consumer.next);
      void consumer.verifyOffsetRange();
    }
  }

  /** Pauses a slow partition, so that it does not block the fetch loop of the others or the heartbeats. */
  async #applyBackpressure(consumer: PartitionConsumer, { partition, hasMore }: FetchedBatch): Promise<void> {
    const interval = hasMore ? undefined : delay(this.#times.minFetchIntervalMs);
    await withFallback(this.#times.backpressureTimeoutMs, undefined, consumer.settledOrFailing());
    await interval;
    if (consumer.isIdle) return;
    this.#pause(partition);
    void consumer.settled().then(() => {
      if (this.#assignment.get(partition) === consumer) this.#resume(partition);
    });
  }

  #end(failure: string): void {
    this.#failure ??= failure;
    this.#ended.resolve();
  }

  #recordActivity(): void {
    this.#lastActivity = performance.now();
  }

  #pause(partition: number): void {
    if (this.#isActive) this.#consumer.pause([{ topic: this.#options.topic, partitions: [partition] }]);
  }

  #resume(partition: number): void {
    if (this.#isActive) this.#consumer.resume([{ topic: this.#options.topic, partitions: [partition] }]);
  }

  #seek(partition: number, offset: Offset): void {
    if (this.#isActive) this.#consumer.seek({ topic: this.#options.topic, partition, offset: `${offset}` });
  }
}
