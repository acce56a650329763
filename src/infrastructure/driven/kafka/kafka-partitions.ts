import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import Batch from 'kafkajs/src/consumer/batch.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { kafkaClient, kafkaConfig } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { logRecord } from './log-record.ts';

const ANSWER_WITHIN_MS = 5000;
/** Answers that do not come, one after the other, while records are read. */
const PATIENCE_MS = 20_000;
const ASK_AGAIN_MS = 200;
const BYTES_PER_FETCH = 1_048_576;

/**
 * Looks at single partitions, outside any consumer group: where they begin and end, and what lies between.
 *
 * kafkajs publishes no such thing: its consumers need a group, which leaves traces on the broker and takes seconds to join.
 * So its own cluster class is used here. After any failure the connections are given up, since kafkajs would go on using one
 * that no longer answers; the next call makes new ones.
 */
export class KafkaPartitions {
  readonly #settings: KafkaOptions;
  readonly #log: Logger;
  readonly #kafka: Kafka;
  #cluster: Promise<Cluster> | undefined;

  constructor(settings: KafkaOptions, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#kafka = kafkaClient(settings, log);
  }

  /** Offset that the next record of each partition will get. Rejects while one of their leaders is away. */
  endOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets(topic, partitions, false);
  }

  /** Offset of the oldest record that each partition still has. */
  startOffsets(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return this.#offsets(topic, partitions, true);
  }

  /** The records from `from` up to, not including, `to`, in order, in pieces as they arrive. */
  async *read(topic: string, partition: number, from: Offset, to: Offset): AsyncGenerator<readonly LogRecord[]> {
    let next = from;
    let progress = performance.now();
    while (next < to) {
      const at = next;
      const batch = await this.#fetch(topic, partition, at).catch(async (error: unknown) => {
        // Whoever has read half a million records does not begin anew because one answer was late.
        if (at === from || performance.now() - progress > PATIENCE_MS) throw error;
        this.#log.debug(`kafka: ${topic}/${partition} is read again from ${at}: ${String(error)}`);
        await pause(ASK_AGAIN_MS);
        return undefined;
      });
      if (!batch || batch.rawMessages.length === 0) {
        if (performance.now() - progress < PATIENCE_MS) continue; // nothing arrived in time: ask again
        throw new Error(`topic ${topic}, partition ${partition}: nothing can be read at offset ${at}`);
      }
      next = Number(batch.lastOffset()) + 1;
      const records = batch.messages
        .map((message) => logRecord(partition, message))
        .filter(({ offset }) => offset < to);
      if (records.length > 0) yield records;
      progress = performance.now(); // who reads may have taken a while
    }
  }

  #fetch(topic: string, partition: number, at: Offset): Promise<Batch | undefined> {
    return this.#with(
      'reading',
      async (cluster) => {
        const leader = cluster.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition)?.leader;
        if (leader === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
        const broker = await cluster.findBroker({ nodeId: leader });
        const { responses } = await broker.fetch({
          isolationLevel: 1,
          maxWaitTime: 250,
          minBytes: 1,
          maxBytes: BYTES_PER_FETCH,
          topics: [{ topic, partitions: [{ partition, fetchOffset: `${at}`, maxBytes: BYTES_PER_FETCH }] }],
        });
        const data = responses[0]?.partitions[0];
        return data && new Batch(topic, `${at}`, data);
      },
      topic,
    );
  }

  async close(): Promise<void> {
    await this.#giveUp();
  }

  async #offsets(topic: string, partitions: readonly number[], fromBeginning: boolean) {
    const found = await this.#with(
      'asking for offsets',
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

  async #with<T>(what: string, ask: (cluster: Cluster) => Promise<T>, topic: string): Promise<T> {
    const connected = (this.#cluster ??= this.#connect());
    try {
      return await withTimeout(
        ANSWER_WITHIN_MS,
        `${what} of ${topic}`,
        connected.then(async (cluster) => {
          await cluster.addTargetTopic(topic);
          await cluster.refreshMetadataIfNecessary();
          return ask(cluster);
        }),
      );
    } catch (error) {
      if (this.#cluster === connected) await this.#giveUp();
      throw error;
    }
  }

  async #connect(): Promise<Cluster> {
    const { logLevel: _level, logCreator: _creator, ...options } = kafkaConfig(this.#settings, this.#log);
    const cluster = new Cluster({
      ...options,
      logger: this.#kafka.logger(),
      socketFactory: createSocketFactory(),
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
      isolationLevel: 0, // ends are those of the log itself, open transactions of strangers included
    });
    await cluster.connect();
    return cluster;
  }

  /** Does not wait for connections that may never answer. */
  async #giveUp(): Promise<void> {
    const connected = this.#cluster;
    this.#cluster = undefined;
    if (!connected) return;
    await withTimeout(
      1000,
      'disconnecting',
      connected.then((cluster) => cluster.disconnect()),
    ).catch((error: unknown) => this.#log.debug(`kafka: connections given up: ${String(error)}`));
  }
}
