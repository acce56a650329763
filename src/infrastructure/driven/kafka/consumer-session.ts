import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import Batch from 'kafkajs/src/consumer/batch.js';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { logRecord } from './log-record.ts';

export interface GroupTimes {
  /** A member that is silent for so long is taken for dead. */
  readonly sessionTimeoutMs: number;
  /** How long the others wait for a member to join again. */
  readonly rebalanceTimeoutMs: number;
  /** How long the broker may hold an empty answer back; bounds how fast we notice anything. */
  readonly maxWaitMs: number;
}

/** Records of one fetch: all that the log holds from `fetched` up to, not including, `next`, but for transaction markers. */
export interface FetchedBatch {
  readonly partition: number;
  readonly fetched: Offset;
  readonly next: Offset;
  /** The log held more behind it when it was fetched. */
  readonly more: boolean;
  readonly records: readonly LogRecord[];
}

export interface GroupListener {
  /** Called each time that the group was divided anew, before anything is fetched. */
  joined(partitions: readonly number[]): void;
  /** Whether the piece is taken; then the next fetch of its partition begins behind it. */
  arrived(piece: FetchedBatch): boolean;
  /** Called after a piece was taken: the fetch loop of all partitions waits for this, so it must be short. */
  digest(piece: FetchedBatch): Promise<void>;
  /** From `first` to `last` there was nothing to deliver (transaction markers, aborted records): kafkajs has gone on behind it. */
  nothingBetween(partition: number, first: Offset, last: Offset): void;
}

/**
 * One life of a kafkajs consumer: from joining the group to its end, whatever ends it. It is not started again: the caller makes
 * a new one, with new connections, since kafkajs goes on using those that no longer answer.
 */
export class ConsumerSession {
  readonly #consumer: Consumer;
  readonly #settings: KafkaOptions;
  readonly #times: GroupTimes;
  readonly #listener: GroupListener;
  readonly #log: Logger;
  #active = false;
  #closed = false;
  #lastSign = 0;
  #end: () => void = () => {};

  constructor(kafka: Kafka, settings: KafkaOptions, times: GroupTimes, listener: GroupListener, log: Logger) {
    this.#settings = settings;
    this.#times = times;
    this.#listener = listener;
    this.#log = log;
    this.#consumer = kafka.consumer({
      groupId: settings.groupId,
      sessionTimeout: times.sessionTimeoutMs,
      rebalanceTimeout: times.rebalanceTimeoutMs,
      heartbeatInterval: Math.min(1000, times.sessionTimeoutMs / 5),
      maxWaitTimeInMs: times.maxWaitMs,
      maxBytesPerPartition: 512 * 1024,
      maxBytes: 8 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 5, restartOnFailure: async () => false },
    });
  }

  /** Joins and delivers; resolves when the session has ended, rejects when it could not begin. */
  async run(): Promise<void> {
    const { events } = this.#consumer;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const alive = () => {
      this.#lastSign = performance.now();
    };
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#log.warn(`kafka: the consumer ended: ${String(payload.error)}`);
      this.#end();
    });
    this.#consumer.on(events.FETCH_START, alive);
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      alive();
      if (this.#active) this.#listener.joined(payload.memberAssignment[this.#settings.topic] ?? []);
    });
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      const { batchSize, partition, firstOffset, lastOffset } = payload;
      if (batchSize === 0) this.#listener.nothingBetween(partition, Number(firstOffset), Number(lastOffset));
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#settings.topic], fromBeginning: true });
    if (this.#closed) return;
    this.#active = true;
    alive();
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#settings.partitions,
      eachBatch: (payload) => this.#batch(payload),
    });
    await ended;
  }

  /** Ends a session in which nothing has moved for long: kafkajs may wait for ever for a connection to close. */
  endIfStalled(): void {
    const patience = 30_000 + this.#times.rebalanceTimeoutMs;
    if (!this.#active || performance.now() - this.#lastSign < patience) return;
    this.#log.warn(`kafka: the consumer has not moved for ${patience} ms`);
    this.#end();
  }

  async close(): Promise<void> {
    this.#active = false;
    this.#closed = true;
    this.#end();
    await withTimeout(4000, 'leaving the group', this.#consumer.disconnect()).catch((error: unknown) =>
      this.#log.debug(`kafka: consumer given up: ${String(error)}`),
    );
  }

  pause(partition: number): void {
    if (this.#active) this.#consumer.pause([{ topic: this.#settings.topic, partitions: [partition] }]);
  }

  resume(partition: number): void {
    if (this.#active) this.#consumer.resume([{ topic: this.#settings.topic, partitions: [partition] }]);
  }

  seek(partition: number, offset: Offset): void {
    if (this.#active) this.#consumer.seek({ topic: this.#settings.topic, partition, offset: `${offset}` });
  }

  /** For display: nothing reads it back. */
  async commit(offsets: ReadonlyMap<number, Offset>): Promise<void> {
    if (!this.#active || offsets.size === 0) return;
    const { topic } = this.#settings;
    await this.#consumer.commitOffsets(
      [...offsets].map(([partition, offset]) => ({ topic, partition, offset: `${offset}` })),
    );
  }

  async #batch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    if (!(batch instanceof Batch)) throw new TypeError('kafkajs has changed: not its own batch');
    const { partition, fetchedOffset } = batch;
    const last = batch.lastOffset();
    const next = Number(last) + 1;
    const piece: FetchedBatch = {
      partition,
      fetched: Number(fetchedOffset),
      next,
      more: next < Number(batch.highWatermark),
      records: batch.messages.map((message) => logRecord(partition, message)),
    };
    if (!this.#listener.arrived(piece)) return;
    resolveOffset(last);
    await this.#listener.digest(piece);
  }
}
