/** Logs, writers and feeds of a test file's own, closed and removed when it ends. */
import { afterAll, afterEach } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import type { FatalError } from '../../../application/errors.ts';
import { removeTopics, silent, testSettings } from './kafka.fixtures.ts';
import { KafkaLogSubscription } from './kafka-log-subscription.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import { ensureTopics } from './kafka-topics.ts';
import { PartitionProducer } from './partition-producer.ts';
import type { Projector } from './projector.fixtures.ts';

const quick = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000, maxWaitMs: 50 };
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

/** Appends `count` records to a partition, in one batch at most 400 each. */
export async function write(settings: KafkaOptions, partition: number, count: number, value = 'x'): Promise<void> {
  let writer = writers.find((candidate) => candidate.settings === settings);
  if (!writer) {
    const partitions = new KafkaPartitions(settings, silent);
    writer = { settings, partitions, producer: new PartitionProducer(settings, settings.topic, partitions, silent) };
    writers.push(writer);
    writer.producer.start();
    await writer.producer.opened(10_000);
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

/** Appends `count` records at a time to one partition after the other until told that it is enough; answers how many in all. */
export function writeOn(settings: KafkaOptions, count: number): () => Promise<number> {
  let [writing, batches] = [true, 0];
  const written = (async () => {
    for (; writing; batches++) await write(settings, batches % settings.partitions, count);
    return count * batches;
  })();
  const enough = () => {
    writing = false;
    return written;
  };
  unfinished.push(enough);
  return enough;
}

/** A member of the group, starting. @param tuning as in production, where nothing is given */
export function feed(
  settings: KafkaOptions,
  projector: Projector,
  fatal: (error: FatalError) => void = () => {},
  tuning: { readonly paceMs?: number; readonly restMs?: number } = {},
) {
  const made = new KafkaLogSubscription(settings, silent, { ...quick, ...tuning });
  open.push(made);
  return { feed: made, started: made.start(projector, fatal) };
}

afterEach(async () => {
  await Promise.all(unfinished.splice(0).map((enough) => enough()));
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
