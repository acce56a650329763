import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { feed, newLog, write, writeOn } from './log-subscription.fixtures.ts';
import { type Folded, Projector } from './projector.fixtures.ts';

const total = (folded: Folded) => [...folded.values()].reduce((sum, next) => sum + next, 0);
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

describe('the feed', () => {
  let settings: KafkaOptions;
  beforeAll(async () => {
    settings = await newLog();
  });

  test('delivers every partition in order and whole, large batches in slices, and commits for display', async () => {
    const folded: Folded = new Map();
    const projector = new Projector(folded);
    await write(settings, 0, 5000);
    await write(settings, 1, 3);
    const { feed: member, started } = feed(settings, projector);
    await started;
    await eventually(() => total(folded) === 5003);
    // Partitions without records are assigned too, and read as soon as there is something.
    await eventually(() => projector.owned.size === 4);
    expect(member.status()).toEqual([0, 1, 2, 3].map((partition) => ({ partition, state: 'reading' })));
    await write(settings, 3, 1);
    await eventually(() => total(folded) === 5004);
    await member.stop();
    expect(await committed(settings)).toEqual([5000, 3, 0, 1]);
    expect(projector.complaints).toEqual([]);
    expect(projector.calls.filter((call) => call.startsWith('revoked')).toSorted()).toEqual(
      [0, 1, 2, 3].map((partition) => `revoked ${partition}`),
    );
    expect(projector.records.find(({ partition }) => partition === 1)).toMatchObject({
      offset: 0,
      key: Buffer.from('k0'),
      value: Buffer.from('x'),
      headers: {},
    });
  }, 30_000);

  test('begins where the consumer says, whatever was committed', async () => {
    const folded: Folded = new Map([
      [0, 4990],
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    const projector = new Projector(folded);
    await feed(settings, projector).started;
    await eventually(() => total(folded) === 5004);
    expect(projector.records).toHaveLength(13);
    expect(projector.complaints).toEqual([]);
  }, 30_000);

  test('delivers again, from the same record, what the consumer failed to fold', async () => {
    const folded: Folded = new Map([
      [0, 5000],
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    const projector = new Projector(folded);
    let failures = 0;
    projector.before = (partition) => {
      if (partition === 1 && failures++ < 3) throw new Error('the view is away');
    };
    const { feed: member, started } = feed(settings, projector);
    await started;
    await eventually(() => member.status().some(({ reason }) => reason === 'the view is away'));
    await eventually(() => total(folded) === 5004);
    expect(failures).toBe(4);
    expect(member.status().every(({ state }) => state === 'reading')).toBe(true);
    expect(projector.complaints).toEqual([]);
  }, 30_000);

  test('holds back nobody else while one partition hangs, fails or loads', async () => {
    const own = await newLog();
    const folded: Folded = new Map();
    const projector = new Projector(folded);
    let release = () => {};
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    projector.loading = (partition) => (partition === 2 ? hanging : undefined);
    projector.before = (partition) => {
      if (partition === 0) return hanging;
      if (partition === 1 && folded.get(3) !== 300) throw new Error('no');
      return undefined;
    };
    for (const partition of [0, 1, 2]) await write(own, partition, 10);
    const { feed: member, started } = feed(own, projector);
    await started;
    for (let n = 1; n <= 30; n++) {
      await write(own, 3, 10);
      await eventually(() => folded.get(3) === 10 * n, { within: 3000, every: 5 });
    }
    expect([folded.get(0), folded.get(2)]).toEqual([undefined, undefined]);
    expect(member.status().map(({ state }) => state)).toEqual(['reading', 'backing-off', 'loading', 'reading']);
    release();
    await eventually(() => total(folded) === 330);
    expect(projector.complaints).toEqual([]);
    expect(projector.calls.filter((call) => call.startsWith('revoked'))).toEqual([]); // heartbeats went on
  }, 30_000);

  test('divides the partitions among members that come and go, without a gap or a repeat', async () => {
    const own = await newLog();
    const folded: Folded = new Map();
    const [ann, bo] = [new Projector(folded), new Projector(folded)];
    const enough = writeOn(own, 25);
    const first = feed(own, ann);
    await first.started;
    await eventually(() => total(folded) > 100);
    const second = feed(own, bo);
    await second.started;
    await eventually(() => ann.owned.size === 2 && bo.owned.size === 2);
    await eventually(() => bo.records.length > 100);
    await first.feed.stop();
    await eventually(() => bo.owned.size === 4);
    const again = new Projector(folded);
    await feed(own, again).started;
    await eventually(() => again.records.length > 100);
    const count = await enough();
    await eventually(() => total(folded) === count);
    expect([...ann.complaints, ...bo.complaints, ...again.complaints]).toEqual([]);
  }, 60_000);

  test('passes over the markers that a stranger’s transactions leave', async () => {
    const own = await newLog(1);
    const producer = kafkaClient(own, silent).producer({ transactionalId: own.topic, maxInFlightRequests: 1 });
    await producer.connect();
    const folded: Folded = new Map();
    const projector = new Projector(folded);
    try {
      for (const end of ['commit', 'abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: own.topic, messages: [{ key: end, value: 'x', partition: 0 }] });
        await transaction[end]();
      }
    } finally {
      await producer.disconnect();
    }
    // The broker answers that a transaction is ended before it has written its marker.
    await eventually(async () => (await endOf(own)) === 6);
    await write(own, 0, 1);
    await feed(own, projector).started;
    await eventually(() => projector.records.length === 3);
    expect(projector.records.map(({ offset }) => offset)).toEqual([0, 4, 6]);
  }, 30_000);

  test('gathers what comes one by one: it asks for more at most every 25 ms', async () => {
    const own = await newLog(1);
    const projector = new Projector();
    await feed(own, projector).started;
    await eventually(() => projector.owned.size === 1);
    await write(own, 0, 1);
    await eventually(() => projector.records.length === 1);
    const deliveries: number[] = [];
    projector.before = () => void deliveries.push(performance.now());
    for (let written = 0; written < 200; written++) await write(own, 0, 1);
    await eventually(() => projector.records.length === 201);
    const [first = 0] = deliveries;
    // A timer may come a millisecond early.
    expect(deliveries.length - 1).toBeLessThanOrEqual(((deliveries.at(-1) ?? 0) - first) / 24);
    expect(projector.complaints).toEqual([]);
  }, 30_000);

  test('reads what is there already without such a pause', async () => {
    const own = await newLog(1);
    await write(own, 0, 4000, 'x'.repeat(1000)); // five fetches at least
    const projector = new Projector();
    await feed(own, projector, undefined, { paceMs: 3_000 }).started;
    await eventually(() => projector.records.length === 4000);
    expect(projector.complaints).toEqual([]);
  }, 30_000);

  test('can be stopped while the broker is away', async () => {
    const away = testSettings(['127.0.0.1:1']);
    const { feed: member, started } = feed(away, new Projector());
    const before = performance.now();
    await member.stop();
    await started;
    expect(performance.now() - before).toBeLessThan(10_000);
  }, 30_000);
});
