import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { FatalError } from '../../../application/errors.ts';
import type {
  LogConsumer,
  LogSubscription,
  SubscriptionStatus,
} from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { ConsumerSession, type FetchedBatch, type GroupListener, type GroupTimes } from './consumer-session.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionConsumer, type PartitionHost } from './partition-consumer.ts';

interface FeedTuning extends GroupTimes {
  /** How long the fetch loop, which all partitions of a broker share, waits for a partition to fold what it was given. */
  readonly patienceMs: number;
  /**
   * A log that was read to its end is asked for more at most so often: a fetch and a write of the view cost much the same for one
   * record and for many.
   */
  readonly paceMs: number;
  /** How often it is looked whether the log still has what a partition waits for to which nothing came meanwhile. */
  readonly restMs: number;
}

const DEFAULT_TUNING: FeedTuning = {
  sessionTimeoutMs: 6_000, // who stands by has to have taken over 10 s after a process was killed
  rebalanceTimeoutMs: 15_000,
  maxWaitMs: 100,
  patienceMs: 300,
  paceMs: 25, // (ADR 31)
  restMs: 5_000,
};
const COMMIT_EVERY_MS = 1000;
const STOPPED_WITHIN_MS = 5000;

/**
 * The reading end of the log, on a kafkajs consumer group that is used for the assignment of partitions and, by its committed
 * offsets, for the display of lag. Where to begin is what the consumer says.
 *
 * kafkajs fetches again only when all that it fetched has been handled. So a lane takes what it is given and folds at its own
 * pace, and a partition that is not done in time is paused: it cannot hold back the others, and heartbeats go on.
 */
export class KafkaLogSubscription implements LogSubscription {
  readonly #settings: KafkaOptions;
  readonly #kafka: Kafka;
  readonly #offsets: KafkaPartitions;
  readonly #log: Logger;
  readonly #tuning: FeedTuning;
  readonly #lanes = new Map<number, PartitionConsumer>();
  /** Work of lanes that were given up, which the next lane of the partition waits for. */
  readonly #former = new Map<number, Promise<void>>();
  readonly #committed = new Map<number, Offset>();
  readonly #stopping = new AbortController();
  #session: ConsumerSession | undefined;
  #supervising: Promise<void> | undefined;
  #committing: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(settings: KafkaOptions, log: Logger, tuning: Partial<FeedTuning> = {}) {
    this.#settings = settings;
    this.#kafka = kafkaClient(settings, log);
    this.#offsets = new KafkaPartitions(settings, log);
    this.#log = deduplicatingLogger(log);
    this.#tuning = { ...DEFAULT_TUNING, ...tuning };
  }

  /** Resolves when the group was joined for the first time, or the feed was stopped before. */
  start(consumer: LogConsumer, onFatal: (error: FatalError) => void): Promise<void> {
    if (this.#supervising) throw new Error('the feed is started once');
    return new Promise((joined) => {
      const fatal = (error: FatalError) => {
        if (this.#stopping.signal.aborted) return;
        onFatal(new FatalError(`topic ${this.#settings.topic}: ${error.message}`, { cause: error }));
        void this.stop();
      };
      this.#supervising = this.#supervise(consumer, fatal, joined).finally(joined);
      void this.#lookAfterThoseAtRest();
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const lanes = [...this.#lanes.values()];
    for (const lane of lanes) lane.revoke();
    await withTimeout(STOPPED_WITHIN_MS, 'finishing', Promise.all(lanes.map((lane) => lane.settled))).catch(
      (error: unknown) => this.#log.warn(`kafka: stopped in the middle of a call: ${String(error)}`),
    );
    await withTimeout(
      1000,
      'committing',
      this.#committing.then(() => this.#commit()),
    ).catch(() => {}); // for display alone
    await this.#session?.close();
    await this.#supervising;
    await this.#offsets.close();
  }

  status(): readonly SubscriptionStatus[] {
    return [...this.#lanes.values()].map((lane) => lane.status()).toSorted((a, b) => a.partition - b.partition);
  }

  async #supervise(consumer: LogConsumer, fatal: (error: FatalError) => void, joined: () => void): Promise<void> {
    const { signal } = this.#stopping;
    for (let pause = 100; !signal.aborted; pause = Math.min(2 * pause, 2000)) {
      const listener = this.#listen(consumer, fatal, () => {
        pause = 100;
        joined();
      });
      const session = new ConsumerSession(this.#kafka, this.#settings, this.#tuning, listener, this.#log);
      this.#session = session;
      const tick = setInterval(() => {
        this.#committing = this.#committing.then(() => this.#commit());
        session.endIfStalled();
      }, COMMIT_EVERY_MS);
      try {
        await session.run();
      } catch (error) {
        this.#log.warn(`kafka: the group cannot be joined: ${String(error)}`);
      } finally {
        clearInterval(tick);
      }
      for (const lane of this.#lanes.values()) this.#giveUp(lane);
      await session.close();
      await delay(pause, undefined, { signal }).catch(() => {}); // ends early when stopped
    }
  }

  #listen(consumer: LogConsumer, fatal: (error: FatalError) => void, onJoined: () => void): GroupListener {
    const host: PartitionHost = {
      range: (partition) => this.#range(partition),
      fatal,
      ready: (partition, from) => {
        this.#session?.seek(partition, from);
        this.#session?.resume(partition);
      },
    };
    return {
      joined: (partitions) => {
        if (this.#stopping.signal.aborted) return;
        this.#divide(partitions, consumer, host);
        onJoined();
      },
      arrived: (piece) => this.#arrived(piece),
      digest: (piece) => this.#digest(piece),
      nothingBetween: (partition, first, last) => this.#lanes.get(partition)?.pass(first, last),
    };
  }

  #divide(partitions: readonly number[], consumer: LogConsumer, host: PartitionHost): void {
    const ours = new Set(partitions);
    for (const lane of this.#lanes.values()) if (!ours.has(lane.partition)) this.#giveUp(lane);
    for (const partition of ours) {
      const kept = this.#lanes.get(partition);
      if (kept) {
        // kafkajs forgets its positions at every rebalance and would begin at what was last committed.
        if (kept.next !== undefined) this.#session?.seek(partition, kept.next);
        continue;
      }
      this.#session?.pause(partition); // until it is loaded
      const before = this.#former.get(partition) ?? Promise.resolve();
      this.#lanes.set(partition, new PartitionConsumer(partition, consumer, host, this.#log, before));
    }
    this.#log.info(`kafka: partitions of this process: ${[...ours].toSorted((a, b) => a - b).join(', ') || 'none'}`);
  }

  #giveUp(lane: PartitionConsumer): void {
    lane.revoke();
    this.#lanes.delete(lane.partition);
    this.#committed.delete(lane.partition);
    this.#former.set(lane.partition, lane.settled);
  }

  #arrived(piece: FetchedBatch): boolean {
    const lane = this.#lanes.get(piece.partition);
    if (!lane || this.#stopping.signal.aborted) return false;
    if (lane.take(piece)) return true;
    // Fetched before a rebalance or a pause; or kafkajs met OFFSET_OUT_OF_RANGE and went elsewhere without a word.
    const wanted = lane.next;
    if (wanted === undefined) return false;
    this.#session?.seek(piece.partition, wanted);
    void lane.doubt();
    return false;
  }

  async #lookAfterThoseAtRest(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await delay(this.#tuning.restMs, undefined, { signal }).catch(() => {}); // ends early when stopped
      if (signal.aborted) return;
      for (const lane of this.#lanes.values()) await lane.lookAfterRest();
    }
  }

  async #digest({ partition, more }: FetchedBatch): Promise<void> {
    const lane = this.#lanes.get(partition);
    if (!lane) return;
    const { patienceMs, paceMs } = this.#tuning;
    const pace = more ? undefined : delay(paceMs);
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, patienceMs); // an abort would cost a DOMException a fetch
    await Promise.race([lane.quiet(), patience.promise]);
    clearTimeout(timer);
    await pace;
    if (lane.idle) return;
    this.#session?.pause(partition);
    const session = this.#session;
    const resume = () => {
      if (this.#session === session && this.#lanes.get(partition) === lane) session?.resume(partition);
    };
    void lane.settled.then(resume);
  }

  async #range(partition: number): Promise<{ start: Offset; end: Offset }> {
    const { topic } = this.#settings;
    const [starts, ends] = await Promise.all([
      this.#offsets.startOffsets(topic, [partition]),
      this.#offsets.endOffsets(topic, [partition]),
    ]);
    return { start: starts.get(partition) ?? 0, end: ends.get(partition) ?? 0 };
  }

  async #commit(): Promise<void> {
    const offsets = new Map<number, Offset>();
    for (const { partition, done } of this.#lanes.values()) {
      if (done !== undefined && done !== this.#committed.get(partition)) offsets.set(partition, done);
    }
    try {
      await this.#session?.commit(offsets);
      for (const [partition, offset] of offsets) this.#committed.set(partition, offset);
    } catch (error) {
      this.#log.debug(`kafka: offsets not committed: ${String(error)}`);
    }
  }
}
