import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { stackAddresses } from '../../../test/support/settings.ts';
import { FatalError } from '../../application/errors.ts';
import type { Offset } from '../../domain/vocabulary.ts';
import { removeTopics, silent, testSettings } from './kafka-bed.suite.ts';
import { kafkaClient } from './kafka-client.ts';
import { KafkaLogFeed } from './kafka-log-feed.ts';
import { KafkaPartitions } from './kafka-partitions.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { ensureTopics } from './kafka-topics.ts';
import { PartitionProducer } from './partition-producer.ts';
import { type Folded, Projector } from './projector.suite.ts';

const quick = { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000, maxWaitMs: 50 };
const open: KafkaLogFeed[] = [];
const used: KafkaSettings[] = [];
let writers: { settings: KafkaSettings; partitions: KafkaPartitions; producer: PartitionProducer }[] = [];

async function newLog(partitions = 4): Promise<KafkaSettings> {
  const settings = testSettings(stackAddresses().kafkaBrokers, { partitions });
  await ensureTopics(settings, silent);
  used.push(settings);
  return settings;
}

/** Appends `count` records to a partition, in one batch at most 400 each. */
async function write(settings: KafkaSettings, partition: number, count: number): Promise<void> {
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
      value: Buffer.from('x'),
    }));
    await writer.producer.send(partition, records);
  }
}

function feed(settings: KafkaSettings, projector: Projector, fatal: (error: FatalError) => void = () => {}) {
  const made = new KafkaLogFeed(settings, silent, quick);
  open.push(made);
  return { feed: made, started: made.start(projector, fatal) };
}
const total = (folded: Folded) => [...folded.values()].reduce((sum, next) => sum + next, 0);
const committed = async (settings: KafkaSettings) => {
  const admin = kafkaClient(settings, silent).admin();
  await admin.connect();
  try {
    const [offsets] = await admin.fetchOffsets({ groupId: settings.groupId, topics: [settings.topic] });
    return offsets?.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
  } finally {
    await admin.disconnect();
  }
};

afterEach(async () => {
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

describe('the feed', () => {
  let settings: KafkaSettings;
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
    await eventually(() => member.status().some(({ because }) => because === 'the view is away'));
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
    let writing = true;
    const written = (async () => {
      let count = 0;
      for (; writing && count < 2000; count++) await write(own, count % 4, 25);
      return 25 * count;
    })();
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
    writing = false;
    const count = await written;
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
    await write(own, 0, 1);
    await feed(own, projector).started;
    await eventually(() => projector.records.length === 3);
    expect(projector.records.map(({ offset }) => offset)).toEqual([0, 4, 6]);
  }, 30_000);

  test.each([
    ['beyond its end', new Map([[0, 11]]), 0],
    ['below its beginning', new Map([[0, 2]]), 5],
  ])(
    'refuses a log that does not have what was projected: %s',
    async (_, folded: Folded, deleteBefore) => {
      const own = await newLog(1);
      await write(own, 0, 10);
      if (deleteBefore > 0) await truncate(own, deleteBefore);
      const projector = new Projector(folded);
      const fatal = new Promise<FatalError>((resolve) => {
        void feed(own, projector, resolve).started;
      });
      const { message } = await fatal;
      expect(message).toContain(`topic ${own.topic}: partition 0 was recreated or truncated below what was projected`);
      expect(projector.records).toEqual([]);
    },
    30_000,
  );

  test('refuses, while it runs, a log that loses what was not read yet', async () => {
    const own = await newLog(1);
    await write(own, 0, 10);
    const projector = new Projector();
    const fatal = new Promise<FatalError>((resolve) => {
      void feed(own, projector, resolve).started;
    });
    await eventually(() => projector.records.length === 10);
    let held = 0;
    let release = () => {};
    projector.before = () => {
      held++;
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    await write(own, 0, 5);
    await eventually(() => held === 1);
    await write(own, 0, 10);
    await truncate(own, 20);
    projector.before = () => {};
    release();
    expect((await fatal).message).toContain('truncated below what was projected');
  }, 30_000);

  test('ends with the fatal error of its consumer', async () => {
    const own = await newLog(1);
    const projector = new Projector();
    projector.before = () => {
      throw new FatalError('another topic was projected');
    };
    await write(own, 0, 1);
    const fatal = new Promise<FatalError>((resolve) => {
      void feed(own, projector, resolve).started;
    });
    expect((await fatal).message).toBe(`topic ${own.topic}: another topic was projected`);
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

async function truncate(settings: KafkaSettings, below: Offset): Promise<void> {
  const admin = kafkaClient(settings, silent).admin();
  await admin.connect();
  try {
    await admin.fetchTopicOffsets(settings.topic); // or kafkajs does not know the topic
    await admin.deleteTopicRecords({ topic: settings.topic, partitions: [{ partition: 0, offset: `${below}` }] });
  } finally {
    await admin.disconnect();
  }
}
