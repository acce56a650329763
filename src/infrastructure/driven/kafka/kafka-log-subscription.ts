import type { Kafka } from 'kafkajs';
import { FatalError } from '../../../application/errors.ts';
import type {
  LogConsumer,
  LogSubscription,
  Membership,
  SubscriptionStatus,
} from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { abortableDelay, Backoff } from '../../../lib/backoff.ts';
import { Mutex } from '../../../lib/mutex.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { ConsumerSession, type SessionTimes } from './consumer-session.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { PartitionAssignment } from './partition-assignment.ts';

export interface SubscriptionTimes extends SessionTimes {
  /** Interval of the offset check of idle partitions. */
  readonly idleCheckIntervalMs: number;
}

const DEFAULT_TIMES: SubscriptionTimes = {
  sessionTimeoutMs: 6_000, // a standby takes over within 10 s after a process was killed
  rebalanceTimeoutMs: 15_000,
  maxWaitMs: 100,
  backpressureTimeoutMs: 300,
  minFetchIntervalMs: 25,
  idleCheckIntervalMs: 5_000,
};
const REJOIN_BACKOFF = { firstMs: 100, maxMs: 2000 };
const COMMIT_INTERVAL_MS = 1000;
const MAX_SESSION_TIMEOUT_MS = 60_000;
const FINISH_TIMEOUT_MS = 5000;
const COMMIT_TIMEOUT_MS = 1000;

/**
 * Reads the log with a kafkajs consumer group. The group assigns the partitions; its committed offsets are for monitoring only.
 * The `LogConsumer` says where to start.
 */
export class KafkaLogSubscription implements LogSubscription {
  readonly #options: KafkaOptions;
  readonly #kafka: Kafka;
  readonly #offsets: KafkaPartitions;
  readonly #log: Logger;
  #times: SubscriptionTimes;
  readonly #stopping = new AbortController();
  #assignment: PartitionAssignment | undefined;
  #session: ConsumerSession | undefined;
  /** Why the last session ended; undefined after a session that has joined. */
  #failure: string | undefined;
  #supervising: Promise<void> | undefined;
  readonly #commits = new Mutex();
  #stopped: Promise<void> | undefined;

  constructor(options: KafkaOptions, log: Logger, times: Partial<SubscriptionTimes> = {}) {
    this.#options = options;
    this.#kafka = kafkaClient(options, log);
    this.#offsets = new KafkaPartitions(options, log);
    this.#log = deduplicatingLogger(log);
    this.#times = { ...DEFAULT_TIMES, ...times };
  }

  /** Resolves when the group is joined for the first time, or when the subscription is stopped before that. */
  start(consumer: LogConsumer, onFatal: (error: FatalError) => void): Promise<void> {
    if (this.#supervising) throw new Error('the subscription can be started only once');
    const { topic } = this.#options;
    const assignment = new PartitionAssignment(topic, consumer, this.#offsets, this.#log);
    this.#assignment = assignment;
    void assignment.failure.then((error) => {
      if (this.#stopping.signal.aborted) return;
      onFatal(new FatalError(`topic ${topic}: ${error.message}`, { cause: error }));
      void this.stop();
    });
    void this.#checkIdlePartitions(assignment);
    return new Promise((joined) => {
      this.#supervising = this.#supervise(assignment, joined).finally(joined);
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  status(): readonly SubscriptionStatus[] {
    const consumers = this.#assignment?.all() ?? [];
    return consumers.map((consumer) => consumer.status()).toSorted((a, b) => a.partition - b.partition);
  }

  membership(): Membership {
    const current = this.#session?.failure;
    if (!current) return this.#session ? { isMember: true } : { isMember: false, reason: 'not started' };
    return { isMember: false, reason: this.#session?.hasJoined ? current : (this.#failure ?? current) };
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const finished = this.#assignment?.stop() ?? Promise.resolve();
    await withTimeout(FINISH_TIMEOUT_MS, 'finishing', finished).catch((error: unknown) =>
      this.#log.warn(`kafka: stopped during a call: ${String(error)}`),
    );
    const committed = this.#commits.runExclusive(async () => this.#session?.commit());
    await withTimeout(COMMIT_TIMEOUT_MS, 'committing', committed).catch(() => {}); // for monitoring only
    await this.#session?.close();
    await this.#supervising;
    await this.#offsets.close();
  }

  /** Runs one session after the other until stopped. */
  async #supervise(assignment: PartitionAssignment, onJoined: () => void): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff(REJOIN_BACKOFF, signal);
    while (!signal.aborted) {
      const session = new ConsumerSession(this.#kafka, this.#options, this.#times, assignment, this.#log);
      this.#session = session;
      void session.joined.then(onJoined);
      const timer = setInterval(() => {
        void this.#commits.runExclusive(() => session.commit());
        session.endIfStalled();
      }, COMMIT_INTERVAL_MS);
      try {
        await session.run();
      } catch (error) {
        this.#failure = String(error);
        this.#log.warn(`kafka: cannot join the group: ${String(error)}`);
      } finally {
        clearInterval(timer);
      }
      this.#failure = this.#explain(session.failure ?? this.#failure);
      if (session.hasJoined) backoff.reset();
      assignment.clear();
      await session.close();
      await backoff.pause();
    }
  }

  /** Adds what an operator needs to know to an error of the group, and adopts a limit of the brokers. */
  #explain(failure: string | undefined): string | undefined {
    if (!failure) return failure;
    const { sessionTimeoutMs } = this.#times;
    if (/session timeout/i.test(failure) && sessionTimeoutMs < MAX_SESSION_TIMEOUT_MS) {
      this.#times = { ...this.#times, sessionTimeoutMs: Math.min(2 * sessionTimeoutMs, MAX_SESSION_TIMEOUT_MS) };
      this.#log.warn(
        `kafka: the brokers refuse a session of ${sessionTimeoutMs} ms (group.min.session.timeout.ms); ` +
          `trying ${this.#times.sessionTimeoutMs} ms. A standby takes over so much later.`,
      );
    }
    if (!/protocol/i.test(failure)) return failure;
    return `a foreign member is in the group ${this.#options.groupId}: ${failure}`;
  }

  async #checkIdlePartitions(assignment: PartitionAssignment): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await abortableDelay(this.#times.idleCheckIntervalMs, signal);
      if (signal.aborted) return;
      for (const consumer of assignment.all()) await consumer.checkWhileIdle();
    }
  }
}
