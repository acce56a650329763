import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { newLog, subscribe, write, writeContinuously } from './log-subscription.fixtures.ts';
import { type ProjectedOffsets, RecordingConsumer } from './recording-consumer.fixtures.ts';

const total = (projected: ProjectedOffsets) => [...projected.values()].reduce((sum, next) => sum + next, 0);
const committed = (settings: KafkaOptions) =>
  withAdmin(settings, async (admin) => {
    const [offsets] = await admin.fetchOffsets({ groupId: settings.groupId, topics: [settings.topic] });
    return offsets?.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
  });
const endOf = (settings: KafkaOptions) =>
  withAdmin(settings, async (admin) => {
    const [end] = await admin.fetchTopicOffsets(settings.topic);
    return Number(end?.high);
  });

describe('the log subscription', () => {
  let settings: KafkaOptions;
  beforeAll(async () => {
    settings = await newLog();
  });

  test('delivers all records of every partition in order, splits large batches, and commits offsets', async () => {
    const projected: ProjectedOffsets = new Map();
    const consumer = new RecordingConsumer(projected);
    await write(settings, 0, 5000);
    await write(settings, 1, 3);
    const { subscription: member, started } = subscribe(settings, consumer);
    await started;
    await eventually(() => total(projected) === 5003);
    // Empty partitions are assigned too.
    await eventually(() => consumer.owned.size === 4);
    expect(member.status()).toEqual([0, 1, 2, 3].map((partition) => ({ partition, state: 'reading' })));
    await write(settings, 3, 1);
    await eventually(() => total(projected) === 5004);
    await member.stop();
    expect(await committed(settings)).toEqual([5000, 3, 0, 1]);
    expect(consumer.violations).toEqual([]);
    expect(consumer.calls.filter((call) => call.startsWith('revoked')).toSorted()).toEqual(
      [0, 1, 2, 3].map((partition) => `revoked ${partition}`),
    );
    expect(consumer.records.find(({ partition }) => partition === 1)).toMatchObject({
      offset: 0,
      key: Buffer.from('k0'),
      value: Buffer.from('x'),
      headers: {},
    });
  }, 30_000);

  test('starts at the offset of the consumer, not at the committed one', async () => {
    const projected: ProjectedOffsets = new Map([
      [0, 4990],
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    const consumer = new RecordingConsumer(projected);
    await subscribe(settings, consumer).started;
    await eventually(() => total(projected) === 5004);
    expect(consumer.records).toHaveLength(13);
    expect(consumer.violations).toEqual([]);
  }, 30_000);

  test('repeats a failed batch from the same record', async () => {
    const projected: ProjectedOffsets = new Map([
      [0, 5000],
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    const consumer = new RecordingConsumer(projected);
    let failures = 0;
    consumer.beforeConsume = (partition) => {
      if (partition === 1 && failures++ < 3) throw new Error('the view is unavailable');
    };
    const { subscription: member, started } = subscribe(settings, consumer);
    await started;
    await eventually(() => member.status().some(({ reason }) => reason === 'the view is unavailable'));
    await eventually(() => total(projected) === 5004);
    expect(failures).toBe(4);
    expect(member.status().every(({ state }) => state === 'reading')).toBe(true);
    expect(consumer.violations).toEqual([]);
  }, 30_000);

  test('delivers the other partitions while one hangs, fails or loads', async () => {
    const own = await newLog();
    const projected: ProjectedOffsets = new Map();
    const consumer = new RecordingConsumer(projected);
    let release = () => {};
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    consumer.whileLoading = (partition) => (partition === 2 ? hanging : undefined);
    consumer.beforeConsume = (partition) => {
      if (partition === 0) return hanging;
      if (partition === 1 && projected.get(3) !== 300) throw new Error('no');
      return undefined;
    };
    for (const partition of [0, 1, 2]) await write(own, partition, 10);
    const { subscription: member, started } = subscribe(own, consumer);
    await started;
    for (let n = 1; n <= 30; n++) {
      await write(own, 3, 10);
      await eventually(() => projected.get(3) === 10 * n, { within: 3000, every: 5 });
    }
    expect([projected.get(0), projected.get(2)]).toEqual([undefined, undefined]);
    expect(member.status().map(({ state }) => state)).toEqual(['reading', 'backing-off', 'loading', 'reading']);
    release();
    await eventually(() => total(projected) === 330);
    expect(consumer.violations).toEqual([]);
    expect(consumer.calls.filter((call) => call.startsWith('revoked'))).toEqual([]); // the heartbeats continued
  }, 30_000);

  test('rebalances partitions without a gap or a repeat when members join and leave', async () => {
    const own = await newLog();
    const projected: ProjectedOffsets = new Map();
    const [firstConsumer, secondConsumer] = [new RecordingConsumer(projected), new RecordingConsumer(projected)];
    const stop = writeContinuously(own, 25);
    const first = subscribe(own, firstConsumer);
    await first.started;
    await eventually(() => total(projected) > 100);
    const second = subscribe(own, secondConsumer);
    await second.started;
    await eventually(() => firstConsumer.owned.size === 2 && secondConsumer.owned.size === 2);
    await eventually(() => secondConsumer.records.length > 100);
    await first.subscription.stop();
    await eventually(() => secondConsumer.owned.size === 4);
    const thirdConsumer = new RecordingConsumer(projected);
    await subscribe(own, thirdConsumer).started;
    await eventually(() => thirdConsumer.records.length > 100);
    const count = await stop();
    await eventually(() => total(projected) === count);
    expect([...firstConsumer.violations, ...secondConsumer.violations, ...thirdConsumer.violations]).toEqual([]);
  }, 60_000);

  test('skips the markers of transactions', async () => {
    const own = await newLog(1);
    const producer = kafkaClient(own, silent).producer({ transactionalId: own.topic, maxInFlightRequests: 1 });
    await producer.connect();
    const projected: ProjectedOffsets = new Map();
    const consumer = new RecordingConsumer(projected);
    try {
      for (const end of ['commit', 'abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: own.topic, messages: [{ key: end, value: 'x', partition: 0 }] });
        await transaction[end]();
      }
    } finally {
      await producer.disconnect();
    }
    // The broker confirms the end of a transaction before it writes the marker.
    await eventually(async () => (await endOf(own)) === 6);
    await write(own, 0, 1);
    await subscribe(own, consumer).started;
    await eventually(() => consumer.records.length === 3);
    expect(consumer.records.map(({ offset }) => offset)).toEqual([0, 4, 6]);
  }, 30_000);

  test('fetches at most every 25 ms at the end of the log', async () => {
    const own = await newLog(1);
    const consumer = new RecordingConsumer();
    await subscribe(own, consumer).started;
    await eventually(() => consumer.owned.size === 1);
    await write(own, 0, 1);
    await eventually(() => consumer.records.length === 1);
    const deliveries: number[] = [];
    consumer.beforeConsume = () => void deliveries.push(performance.now());
    for (let written = 0; written < 200; written++) await write(own, 0, 1);
    await eventually(() => consumer.records.length === 201);
    const [first = 0] = deliveries;
    // A timer may fire one millisecond early.
    expect(deliveries.length - 1).toBeLessThanOrEqual(((deliveries.at(-1) ?? 0) - first) / 24);
    expect(consumer.violations).toEqual([]);
  }, 30_000);

  test('fetches existing records without that interval', async () => {
    const own = await newLog(1);
    await write(own, 0, 4000, 'x'.repeat(1000)); // at least five fetches
    const consumer = new RecordingConsumer();
    await subscribe(own, consumer, undefined, { minFetchIntervalMs: 3_000 }).started;
    await eventually(() => consumer.records.length === 4000);
    expect(consumer.violations).toEqual([]);
  }, 30_000);

  test('stops while the broker is unavailable', async () => {
    const unreachable = testSettings(['127.0.0.1:1']);
    const { subscription: member, started } = subscribe(unreachable, new RecordingConsumer());
    const before = performance.now();
    await member.stop();
    await started;
    expect(performance.now() - before).toBeLessThan(10_000);
  }, 30_000);
});
