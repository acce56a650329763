import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import type { BatchAck } from '../../../application/event-log/micro-batcher.ts';
import { allPartitions } from '../../../application/event-log/partitioner.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import type { KafkaPartitions } from './kafka-partitions.ts';

/** The broker gives up on its followers after this. */
const ACKNOWLEDGED_WITHIN_MS = 4000;
/** kafkajs gives up on the answer after 5 s (requestTimeout); this is the guard behind it. */
const ANSWERED_WITHIN_MS = 6000;
const CONNECTED_WITHIN_MS = 5000;
const PAUSES_FOR_NEW_LEADER_MS = [50, 100, 200, 400];

/** A record in the shape that kafkajs takes. */
interface Sendable {
  readonly partition: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, Buffer | string>;
}

/**
 * Appends batches to one topic, one partition at a time, and knows which partitions cannot be appended to just now.
 *
 * After a failed send the partition is closed: further sends to it fail at once, while in the background a new kafkajs producer
 * is connected and the partition's leader is asked for its end. Once it answers, the new producer takes over and the partition
 * is open again. A new one, because kafkajs keeps using connections that no longer answer, and forgets brokers one by one.
 */
export class PartitionProducer {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #partitions: KafkaPartitions;
  readonly #log: Logger;
  readonly #all: readonly number[];
  readonly #closed: Set<number>;
  /** Last offset that each partition gave out. */
  readonly #given = new Map<number, Offset>();
  #producer: Producer | undefined;
  #renewing: Promise<void> | undefined;
  #lastAck = Number.NEGATIVE_INFINITY;
  readonly #stopping = new AbortController();

  constructor(settings: KafkaOptions, topic: string, partitions: KafkaPartitions, log: Logger) {
    this.#kafka = kafkaClient(settings, log);
    this.#topic = topic;
    this.#partitions = partitions;
    this.#log = deduplicatingLogger(log);
    this.#all = allPartitions(settings.partitions);
    this.#closed = new Set(this.#all);
  }

  /** Connects in the background, for as long as it takes; until then every send fails. */
  start(): void {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      if (this.#closed.size > 0 && !this.#stopping.signal.aborted) this.start(); // closed while the last look ended
    });
  }

  /** Resolves when every partition can be appended to; rejects after `ms`. */
  async opened(ms: number): Promise<void> {
    if (this.#renewing) await withTimeout(ms, `connecting to ${this.#topic}`, this.#renewing);
  }

  /** False: a send to this partition (without one: to some partition) would fail at once. */
  isOpen(partition?: number): boolean {
    return partition === undefined ? this.#closed.size === 0 : !this.#closed.has(partition);
  }

  /** Milliseconds since the log last confirmed a batch. */
  get sinceLastAck(): number {
    return performance.now() - this.#lastAck;
  }

  /**
   * Appends the records, all to `partition`, waiting for every replica in sync.
   *
   * Sent again only when the broker says for certain that it took nothing (its leader had moved, too few replicas): whatever else
   * fails may have been written, and the caller must say so.
   */
  async send(partition: number, records: readonly Sendable[]): Promise<BatchAck> {
    for (let attempt = 0; ; attempt++) {
      if (!this.#producer || this.#closed.has(partition)) throw new Error(`${this.#topic}/${partition} is away`);
      try {
        const answer = this.#producer.send({
          topic: this.#topic,
          messages: [...records],
          acks: -1,
          timeout: ACKNOWLEDGED_WITHIN_MS,
        });
        const ack = acknowledged(await withTimeout(ANSWERED_WITHIN_MS, 'sending', answer), this.#topic, partition);
        this.#refuseBelow(partition, ack.baseOffset);
        this.#given.set(partition, ack.baseOffset + records.length - 1);
        this.#lastAck = performance.now();
        return ack;
      } catch (error) {
        const pause = isDefinitelyNotWritten(error) ? PAUSES_FOR_NEW_LEADER_MS[attempt] : undefined;
        if (pause === undefined) {
          this.#closed.add(partition);
          this.#log.warn(`kafka: ${this.#topic}/${partition}: a batch failed: ${String(error)}`);
          this.start();
          throw error;
        }
        await delay(pause);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer) await this.#discard(producer);
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    for (let pause = 100; !this.#stopping.signal.aborted; pause = Math.min(2 * pause, 1000)) {
      const wanted = [...this.#closed];
      const producer = this.#kafka.producer({
        idempotent: false, // with true, kafkajs 2.2.4 acknowledges batches that are never written
        retry: { retries: 0 }, // a blind repeat would put a batch whose fate is unknown into the log twice
        createPartitioner: () => (args) => args.message.partition ?? 0,
        allowAutoTopicCreation: false,
      });
      try {
        await withTimeout(CONNECTED_WITHIN_MS, 'connecting', producer.connect());
        for (const [partition, end] of await this.#partitions.endOffsets(this.#topic, wanted)) {
          this.#refuseBelow(partition, end);
        }
        const former = this.#producer;
        this.#producer = producer;
        for (const partition of wanted) this.#closed.delete(partition);
        if (former) {
          this.#log.info(`kafka: ${this.#topic} can be appended to again`);
          await this.#discard(former);
        }
        if (this.#stopping.signal.aborted) await this.#discard(producer);
        if (this.#closed.size === 0) return;
      } catch (error) {
        this.#log.warn(`kafka: ${this.#topic} cannot be appended to: ${String(error)}`);
        await this.#discard(producer);
      }
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  /** A log whose offsets go back is not the one that was appended to: whoever was promised a place in that one has none here. */
  #refuseBelow(partition: number, next: Offset): void {
    const last = this.#given.get(partition);
    if (last === undefined || next > last) return;
    for (const every of this.#all) this.#closed.add(every);
    throw new Error(
      `the topic was recreated or truncated: partition ${partition} goes on at ${next}, but ${last} was given out`,
    );
  }

  /** Does not wait long: connections that no longer answer end by themselves. */
  async #discard(producer: Producer): Promise<void> {
    await withTimeout(1000, 'disconnecting', producer.disconnect()).catch((error: unknown) =>
      this.#log.debug(`kafka: producer given up: ${String(error)}`),
    );
  }
}

/**
 * The one answer to the one partition that was sent to. kafkajs resolves with none when it did not know the partition, and with
 * stale or partial ones after some retries; none of these is an acknowledgement.
 */
export function acknowledged(answers: readonly RecordMetadata[], topic: string, partition: number): BatchAck {
  const [answer, ...others] = answers;
  if (!answer || others.length > 0) throw new Error(`expected one answer, got ${answers.length}`);
  if (answer.topicName !== topic || answer.partition !== partition) {
    throw new Error(`the answer is about ${answer.topicName}/${answer.partition}`);
  }
  if (answer.errorCode !== 0) throw new Error(`the broker answered with error ${answer.errorCode}`);
  const baseOffset = Number(answer.baseOffset);
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0) throw new Error(`base offset ${answer.baseOffset}`);
  return { baseOffset, timestamp: Number(answer.logAppendTime) };
}

/** Only a broker that refused a produce request answers with one of these; metadata never does. */
const TOOK_NOTHING = new Set(['NOT_LEADER_FOR_PARTITION', 'NOT_ENOUGH_REPLICAS']);

export function isDefinitelyNotWritten(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('type' in e && typeof e.type === 'string') return TOOK_NOTHING.has(e.type);
  }
  return false;
}
