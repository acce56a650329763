/** Topics, producers and subscriptions of one test file, closed and removed at its end. */
import { afterAll, afterEach } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import type { FatalError } from '../../../application/errors.ts';
import { removeTopics, silent, testSettings } from './kafka.fixtures.ts';
import { KafkaLogSubscription, type SubscriptionTimes } from './kafka-log-subscription.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { ensureTopics } from './kafka-topics.ts';
import { PartitionProducer } from './partition-producer.ts';
import type { RecordingConsumer } from './recording-consumer.fixtures.ts';

const shortTimes = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000, maxWaitMs: 50 };
const open: KafkaLogSubscription[] = [];
const unfinished: (() => Promise<number>)[] = [];
const used: KafkaOptions[] = [];
let writers: { settings: KafkaOptions; partitions: KafkaPartitions; producer: PartitionProducer }[] = [];

export async function newLog(partitions = 4): Promise<KafkaOptions> {
  const settings = testSettings(stackAddresses().kafkaBrokers, { partitions });
  await ensureTopics(settings, silent);
  used.push(settings);
  return settings;
}

/** Appends `count` records to a partition, in batches of at most 400. */
export async function write(settings: KafkaOptions, partition: number, count: number, value = 'x'): Promise<void> {
  let writer = writers.find((candidate) => candidate.settings === settings);
  if (!writer) {
    const partitions = new KafkaPartitions(settings, silent);
    writer = { settings, partitions, producer: new PartitionProducer(settings, settings.topic, partitions, silent) };
    writers.push(writer);
    await writer.producer.connect(partition, 30_000); // an attempt with a broker that does not answer takes 5 s
  }
  for (let left = count; left > 0; left -= 400) {
    const records = Array.from({ length: Math.min(left, 400) }, (_, n) => ({
      partition,
      key: `k${n}`,
      value: Buffer.from(value),
    }));
    await writer.producer.send(partition, records);
  }
}

/** Appends `count` records at a time to the partitions in turn. @returns stops, and resolves with the total */
export function writeContinuously(settings: KafkaOptions, count: number): () => Promise<number> {
  let [writing, batches] = [true, 0];
  const written = (async () => {
    for (; writing; batches++) await write(settings, batches % settings.partitions, count);
    return count * batches;
  })();
  const stop = () => {
    writing = false;
    return written;
  };
  unfinished.push(stop);
  return stop;
}

/** Starts a member of the group. @param times as in production by default, apart from the group timeouts */
export function subscribe(
  settings: KafkaOptions,
  consumer: RecordingConsumer,
  onFatal: (error: FatalError) => void = () => {},
  times: Partial<Pick<SubscriptionTimes, 'minFetchIntervalMs' | 'idleCheckIntervalMs'>> = {},
) {
  const subscription = new KafkaLogSubscription(settings, silent, { ...shortTimes, ...times });
  open.push(subscription);
  return { subscription, started: subscription.start(consumer, onFatal) };
}

afterEach(async () => {
  await Promise.all(unfinished.splice(0).map((stop) => stop()));
  await Promise.all(open.splice(0).map((member) => member.stop()));
}, 20_000);
afterAll(async () => {
  for (const { producer, partitions } of writers) {
    await producer.stop();
    await partitions.close();
  }
  writers = [];
  for (const settings of used.splice(0)) await removeTopics(settings);
});
