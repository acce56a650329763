import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import type { BatchAck } from '../../../application/event-log/micro-batcher.ts';
import { allPartitions } from '../../../application/event-log/partitioner.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { Backoff } from '../../../lib/backoff.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import type { KafkaPartitions } from './kafka-partitions.ts';

/** How long the broker waits for the in-sync replicas. */
const ACK_TIMEOUT_MS = 4000;
/** Longer than the request timeout of kafkajs (5 s), in case that one fails. */
const SEND_TIMEOUT_MS = 6000;
const CONNECT_TIMEOUT_MS = 5000;
const DISCONNECT_TIMEOUT_MS = 1000;
const LEADER_RETRY_DELAYS_MS = [50, 100, 200, 400];
const RENEW_BACKOFF = { firstMs: 100, maxMs: 1000 };

/** A record as kafkajs takes it. */
interface KafkaRecord {
  readonly partition: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, Buffer | string>;
}

/**
 * Appends batches to one topic, one partition at a time, and tracks which partitions are available.
 *
 * A failed send closes its partition: further sends to it fail at once. In the background a new kafkajs producer connects and
 * asks the leader for the end offset; then the partition is open again. The producer is replaced because kafkajs keeps using
 * connections that no longer answer.
 */
export class PartitionProducer {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #partitions: KafkaPartitions;
  readonly #log: Logger;
  readonly #all: readonly number[];
  readonly #closed: Set<number>;
  /** The last acknowledged offset of each partition. */
  readonly #lastOffsets = new Map<number, Offset>();
  #producer: Producer | undefined;
  #renewing: Promise<void> | undefined;
  #lastAckAt = Number.NEGATIVE_INFINITY;
  readonly #stopping = new AbortController();

  constructor(options: KafkaOptions, topic: string, partitions: KafkaPartitions, log: Logger) {
    this.#kafka = kafkaClient(options, log);
    this.#topic = topic;
    this.#partitions = partitions;
    this.#log = deduplicatingLogger(log);
    this.#all = allPartitions(options.partitions);
    this.#closed = new Set(this.#all);
  }

  /** Connects in the background, with retries. Sends fail until then. */
  start(): void {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      if (this.#closed.size > 0 && !this.#stopping.signal.aborted) this.start(); // a partition was closed meanwhile
    });
  }

  /** Starts if the partition is closed, and waits until every partition is open. Rejects after `timeoutMs`. */
  async connect(partition: number, timeoutMs: number): Promise<void> {
    if (this.isOpen(partition)) return;
    this.start();
    if (this.#renewing) await withTimeout(timeoutMs, `connecting to ${this.#topic}`, this.#renewing);
  }

  /** False: a send to this partition would fail at once. Without a partition: whether all are open. */
  isOpen(partition?: number): boolean {
    return partition === undefined ? this.#closed.size === 0 : !this.#closed.has(partition);
  }

  /** Milliseconds since the last acknowledged batch. */
  get sinceLastAck(): number {
    return performance.now() - this.#lastAckAt;
  }

  /**
   * Appends the records, all to `partition`, with acks from all in-sync replicas.
   *
   * Retries only if the broker certainly wrote nothing (the leader moved, too few replicas). After any other error the batch
   * may have been written.
   */
  async send(partition: number, records: readonly KafkaRecord[]): Promise<BatchAck> {
    for (let attempt = 0; ; attempt++) {
      if (!this.#producer || this.#closed.has(partition)) throw new Error(`${this.#topic}/${partition} is unavailable`);
      try {
        const response = this.#producer.send({
          topic: this.#topic,
          messages: [...records],
          acks: -1,
          timeout: ACK_TIMEOUT_MS,
        });
        const ack = ackOf(await withTimeout(SEND_TIMEOUT_MS, 'sending', response), this.#topic, partition);
        this.#requireAfterLast(partition, ack.baseOffset);
        this.#lastOffsets.set(partition, ack.baseOffset + records.length - 1);
        this.#lastAckAt = performance.now();
        return ack;
      } catch (error) {
        const pause = isDefinitelyNotWritten(error) ? LEADER_RETRY_DELAYS_MS[attempt] : undefined;
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
    const { signal } = this.#stopping;
    const backoff = new Backoff(RENEW_BACKOFF, signal);
    while (!signal.aborted) {
      const reopening = [...this.#closed];
      const producer = this.#kafka.producer({
        idempotent: false, // if true, kafkajs 2.2.4 acknowledges batches that it never writes
        retry: { retries: 0 }, // a retry could write a batch twice
        createPartitioner: () => (args) => args.message.partition ?? 0,
        allowAutoTopicCreation: false,
      });
      try {
        await withTimeout(CONNECT_TIMEOUT_MS, 'connecting', producer.connect());
        for (const [partition, end] of await this.#partitions.endOffsets(this.#topic, reopening)) {
          this.#requireAfterLast(partition, end);
        }
        const previous = this.#producer;
        this.#producer = producer;
        for (const partition of reopening) this.#closed.delete(partition);
        if (previous) {
          this.#log.info(`kafka: ${this.#topic} is writable again`);
          await this.#discard(previous);
        }
        if (signal.aborted) await this.#discard(producer);
        if (this.#closed.size === 0) return;
      } catch (error) {
        this.#log.warn(`kafka: ${this.#topic} is not writable: ${String(error)}`);
        await this.#discard(producer);
      }
      await backoff.pause();
    }
  }

  /** Lower offsets mean a recreated topic: the acknowledged records are not in it. @throws Error, after closing all partitions */
  #requireAfterLast(partition: number, next: Offset): void {
    const last = this.#lastOffsets.get(partition);
    if (last === undefined || next > last) return;
    for (const each of this.#all) this.#closed.add(each);
    throw new Error(
      `the topic was recreated or truncated: the next offset of partition ${partition} is ${next}, but ${last} was acknowledged`,
    );
  }

  /** The timeout bounds the wait for connections that no longer answer. */
  async #discard(producer: Producer): Promise<void> {
    await withTimeout(DISCONNECT_TIMEOUT_MS, 'disconnecting', producer.disconnect()).catch((error: unknown) =>
      this.#log.debug(`kafka: the producer did not close: ${String(error)}`),
    );
  }
}

/**
 * The acknowledgement of one batch. kafkajs resolves without a result if it does not know the partition, and with stale or
 * partial results after some retries. @throws Error for these
 */
export function ackOf(results: readonly RecordMetadata[], topic: string, partition: number): BatchAck {
  const [result, ...others] = results;
  if (!result || others.length > 0) throw new Error(`expected one result, got ${results.length}`);
  if (result.topicName !== topic || result.partition !== partition) {
    throw new Error(`the result is for ${result.topicName}/${result.partition}`);
  }
  if (result.errorCode !== 0) throw new Error(`the broker returned error ${result.errorCode}`);
  const baseOffset = Number(result.baseOffset);
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0) throw new Error(`invalid base offset ${result.baseOffset}`);
  return { baseOffset, timestamp: Number(result.logAppendTime) };
}

/** Errors that only a rejected produce request returns; metadata requests never do. */
const NOT_WRITTEN = new Set(['NOT_LEADER_FOR_PARTITION', 'NOT_ENOUGH_REPLICAS']);

export function isDefinitelyNotWritten(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('type' in e && typeof e.type === 'string') return NOT_WRITTEN.has(e.type);
  }
  return false;
}
