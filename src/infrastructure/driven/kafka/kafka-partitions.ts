import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import Cluster, { type Broker } from 'kafkajs/src/cluster/index.js';
import Batch from 'kafkajs/src/consumer/batch.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { kafkaClient, kafkaConfig } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { logRecord } from './log-record.ts';

const RESPONSE_TIMEOUT_MS = 5000;
/** A read fails after this time without a record. */
const READ_TIMEOUT_MS = 20_000;
const RETRY_DELAY_MS = 200;
const DISCONNECT_TIMEOUT_MS = 1000;
const MAX_FETCH_BYTES = 1_048_576;

/**
 * Reads offsets and records of single partitions without a consumer group, which takes seconds to join and leaves state on the
 * broker.
 *
 * kafkajs has no public API for this, so the class uses its internal cluster. After any failure it discards the connections,
 * because kafkajs keeps using connections that no longer answer; the next call connects again.
 */
export class KafkaPartitions {
  readonly #options: KafkaOptions;
  readonly #log: Logger;
  readonly #kafka: Kafka;
  #cluster: Promise<Cluster> | undefined;

  constructor(options: KafkaOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#kafka = kafkaClient(options, log);
  }

  /** Offset of the next record of each partition. Rejects while a partition has no leader. */
  endOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#fetchOffsets(topic, partitions, false);
  }

  /** Offset of the oldest record of each partition. */
  startOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#fetchOffsets(topic, partitions, true);
  }

  /** Start and end offset of one partition. */
  async range(topic: string, partition: number): Promise<{ readonly start: Offset; readonly end: Offset }> {
    const [starts, ends] = await Promise.all([
      this.startOffsets(topic, [partition]),
      this.endOffsets(topic, [partition]),
    ]);
    return { start: starts.get(partition) ?? 0, end: ends.get(partition) ?? 0 };
  }

  /** The transaction that hides the newest records from readers, as a text for operators; undefined: none is open. */
  async openTransaction(topic: string, partition: number): Promise<string | undefined> {
    const end = (await this.endOffsets(topic, [partition])).get(partition) ?? 0;
    const stable = await this.#withLeader(topic, partition, (broker) => lastStableOffset(broker, topic, partition));
    if (stable === undefined || stable >= end) return undefined;
    const batch = await this.#fetch(topic, partition, stable, 0);
    const { producerId, producerEpoch } = batch?.rawMessages[0]?.batchContext ?? {};
    return `a transaction of the producer with id ${producerId ?? 'unknown'} (epoch ${producerEpoch ?? 'unknown'}) is open at offset ${stable}`;
  }

  /** The records from `from` up to, not including, `to`, in order, one array per fetch. */
  async *read(topic: string, partition: number, from: Offset, to: Offset): AsyncGenerator<readonly LogRecord[]> {
    let next = from;
    let lastProgress = performance.now();
    while (next < to) {
      const at = next;
      const batch = await this.#fetch(topic, partition, at).catch(async (error: unknown) => {
        // A long read survives single failed fetches.
        if (at === from || performance.now() - lastProgress > READ_TIMEOUT_MS) throw error;
        this.#log.debug(`kafka: ${topic}/${partition}: the fetch at ${at} is repeated: ${String(error)}`);
        await pause(RETRY_DELAY_MS);
        return undefined;
      });
      if (!batch || batch.rawMessages.length === 0) {
        if (performance.now() - lastProgress < READ_TIMEOUT_MS) continue;
        throw new Error(`topic ${topic}, partition ${partition}: nothing can be read at offset ${at}`);
      }
      next = Number(batch.lastOffset()) + 1;
      const records = batch.messages
        .map((message) => logRecord(partition, message))
        .filter(({ offset, undecodable }) => (undecodable?.firstOffset ?? offset) < to);
      if (records.length > 0) yield records;
      lastProgress = performance.now(); // after the yield: the caller's own time does not count
    }
  }

  async close(): Promise<void> {
    await this.#disconnect();
  }

  /**
   * @param isolationLevel 1: without records of open and aborted transactions. The service writes dead letters without
   * transactions, so a transaction that another producer leaves open must not hide them.
   */
  #fetch(
    topic: string,
    partition: number,
    at: Offset,
    isolationLevel: 0 | 1 = topic === this.#options.deadLetterTopic ? 0 : 1,
  ): Promise<Batch | undefined> {
    return this.#withLeader(topic, partition, async (broker) => {
      const { responses } = await broker.fetch({
        isolationLevel,
        maxWaitTime: 250,
        minBytes: 1,
        maxBytes: MAX_FETCH_BYTES,
        topics: [{ topic, partitions: [{ partition, fetchOffset: `${at}`, maxBytes: MAX_FETCH_BYTES }] }],
      });
      const data = responses[0]?.partitions[0];
      return data && new Batch(topic, `${at}`, data);
    });
  }

  #withLeader<T>(topic: string, partition: number, request: (broker: Broker) => Promise<T>): Promise<T> {
    return this.#withCluster(
      'reading',
      async (cluster) => {
        const leader = cluster.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition)?.leader;
        if (leader === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
        return request(await cluster.findBroker({ nodeId: leader }));
      },
      topic,
    );
  }

  async #fetchOffsets(topic: string, partitions: readonly number[], fromBeginning: boolean) {
    const found = await this.#withCluster(
      'fetching the offsets',
      (cluster) =>
        cluster.fetchTopicsOffset([
          { topic, fromBeginning, partitions: partitions.map((partition) => ({ partition })) },
        ]),
      topic,
    );
    const offsets = new Map(found[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    for (const partition of partitions) {
      if (!offsets.has(partition)) throw new Error(`topic ${topic}: no offset of partition ${partition}`);
    }
    return offsets;
  }

  async #withCluster<T>(action: string, request: (cluster: Cluster) => Promise<T>, topic: string): Promise<T> {
    const connected = (this.#cluster ??= this.#connect());
    try {
      return await withTimeout(
        RESPONSE_TIMEOUT_MS,
        `${action} of ${topic}`,
        connected.then(async (cluster) => {
          await cluster.addTargetTopic(topic);
          await cluster.refreshMetadataIfNecessary();
          return request(cluster);
        }),
      );
    } catch (error) {
      if (this.#cluster === connected) await this.#disconnect();
      throw error;
    }
  }

  async #connect(): Promise<Cluster> {
    const { logLevel: _level, logCreator: _creator, ...config } = kafkaConfig(this.#options, this.#log);
    const cluster = new Cluster({
      ...config,
      logger: this.#kafka.logger(),
      socketFactory: createSocketFactory(),
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
      isolationLevel: 0, // end offsets include open transactions
    });
    await cluster.connect();
    return cluster;
  }

  /** The timeout bounds the wait for connections that no longer answer. */
  async #disconnect(): Promise<void> {
    const connected = this.#cluster;
    this.#cluster = undefined;
    if (!connected) return;
    await withTimeout(
      DISCONNECT_TIMEOUT_MS,
      'disconnecting',
      connected.then((cluster) => cluster.disconnect()),
    ).catch((error: unknown) => this.#log.debug(`kafka: connections did not close: ${String(error)}`));
  }
}

/** The end of what readers without open transactions may read. */
async function lastStableOffset(broker: Broker, topic: string, partition: number): Promise<Offset | undefined> {
  const { responses } = await broker.listOffsets({
    isolationLevel: 1,
    topics: [{ topic, partitions: [{ partition, timestamp: -1 }] }],
  });
  const offset = responses[0]?.partitions[0]?.offset;
  return offset === undefined ? undefined : Number(offset);
}
