import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DedicatedKafka, startDedicatedKafka } from '../../../../test/support/dedicated-kafka.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { produceRequest } from '../../../../test/support/tcp-proxy.ts';
import { QueueError } from '../../../application/errors.ts';
import { eventLogSuite } from '../../../application/ports/event-log.contract.ts';
import type { Receipt } from '../../../application/ports/event-log.port.ts';
import { asks, jsonCodec, readAll, removeTopics, silent, testSettings } from './kafka.fixtures.ts';
import { KafkaEventLog } from './kafka-event-log.ts';
import { KafkaLogReader } from './kafka-log-reader.ts';
import { KafkaLogSubscription } from './kafka-log-subscription.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { ensureTopics } from './kafka-topics.ts';
import { RecordingConsumer } from './recording-consumer.fixtures.ts';

type Acks = Map<string, Receipt>;

/** Expects each acknowledged record in the log at the offset of its receipt. */
async function expectInLog(settings: KafkaOptions, acks: Acks): Promise<void> {
  const found = await readAll(settings, settings.topic);
  const missing = [...acks].filter(
    ([key, { partition, offset }]) => found.get(`${partition}/${offset}`)?.key?.toString() !== key,
  );
  expect(missing).toEqual([]);
}

async function started(settings: KafkaOptions): Promise<KafkaEventLog> {
  const log = new KafkaEventLog(settings, jsonCodec, silent);
  log.start();
  await eventually(() => log.isWritable());
  return log;
}

describe('the event log', () => {
  let settings: KafkaOptions;
  let log: KafkaEventLog;
  beforeAll(async () => {
    settings = testSettings(stackAddresses().kafkaBrokers);
    await ensureTopics(settings, silent);
    log = await started(settings);
  });
  afterAll(async () => {
    await log.stop();
    await removeTopics(settings);
  });

  test('gives every event its own receipt with the timestamp of the broker, in call order', async () => {
    const users = Array.from({ length: 3000 }, (_, n) => ({ user: `u${n}`, concert: `c${n % 8}` }));
    const receipts = await Promise.all(users.map(({ user, concert }) => log.append(asks(user, concert))));
    const acks: Acks = new Map(users.map(({ user, concert }, n) => [`${user}:${concert}`, receipts[n] ?? never()]));
    await expectInLog(settings, acks);
    const latest = new Map<string, number>();
    for (const [n, { concert }] of users.entries()) {
      const { offset, partition, timestamp, topic } = receipts[n] ?? never();
      expect(topic).toBe(settings.topic);
      expect(partition).toBe(log.partitionOf(concert));
      expect(offset).toBeGreaterThan(latest.get(concert) ?? -1);
      expect(Math.abs(timestamp - Date.now())).toBeLessThan(60_000);
      latest.set(concert, offset);
    }
  });

  test('keys queue events by concert only', async () => {
    const { partition, offset } = await log.append({ type: 'QueuePaused', concertId: 'k', occurredAt: 0 }, 'control');
    expect((await readAll(settings, settings.topic)).get(`${partition}/${offset}`)?.key?.toString()).toBe('k');
  });

  test('returns the offset after the last receipt as end offset', async () => {
    for (let n = 0; n < 20; n++) {
      const earlier = log.endOffset(log.partitionOf('e')); // a request in progress must not answer a later call
      const { partition, offset } = await log.append(asks(`e${n}`, 'e'));
      expect(await log.endOffset(partition)).toBe(offset + 1);
      expect(await earlier).toBeLessThanOrEqual(offset + 1);
    }
  });

  test('flushes pending records on stop and rejects new ones', async () => {
    const stopping = await started(settings);
    const waiting = stopping.append(asks('last', 'c'));
    await stopping.stop();
    await expectInLog(settings, new Map([['last:c', await waiting]]));
    await expect(stopping.append(asks('late', 'c'))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});

describe('the event log on its own broker', () => {
  let kafka: DedicatedKafka;
  beforeAll(async () => {
    kafka = await startDedicatedKafka();
  }, 60_000);
  afterAll(async () => {
    await kafka.close();
  });

  describe('fulfils the contract', () => {
    eventLogSuite(async () => {
      const settings = testSettings(kafka.brokers);
      await ensureTopics(settings, silent);
      const log = await started(settings);
      const reader = new KafkaLogReader(settings, settings.topic, silent);
      return {
        log,
        reader,
        crash: async (event) => {
          const dying = await started({ ...settings, brokers: kafka.brokersThroughProxy });
          const cut = kafka.proxy.cutBeforeResponse(produceRequest);
          await expect(dying.append(event)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
          await cut;
          await dying.stop();
        },
        stop: () => log.stop(),
        close: () => reader.close(),
      };
    });
  });

  test('contains every acknowledged record after the broker is killed under load', async () => {
    const settings = testSettings(kafka.brokers);
    await ensureTopics(settings, silent);
    const log = await started(settings);
    const consumer = new RecordingConsumer();
    const subscription = new KafkaLogSubscription(settings, silent);
    await subscription.start(consumer, (error) => consumer.violations.push(error.message));
    const acks: Acks = new Map();
    const failures: unknown[] = [];
    let slowest = 0;
    let loading = true;
    const runUser = async (worker: number) => {
      for (let n = 0; loading && n < 100_000; n++) {
        const [name, concert] = [`w${worker}n${n}`, `c${worker % 8}`];
        const before = performance.now();
        try {
          acks.set(`${name}:${concert}`, await log.append(asks(name, concert)));
        } catch (error) {
          failures.push(error);
          await delay(100);
        }
        slowest = Math.max(slowest, performance.now() - before);
      }
    };
    const users = Promise.all(Array.from({ length: 64 }, (_, worker) => runUser(worker)));
    try {
      for (let kill = 0; kill < (process.env['TEST_FORM'] === 'full' ? 5 : 1); kill++) {
        const before = acks.size;
        await eventually(() => acks.size > before + 2000, { within: 20_000 });
        await kafka.kill9();
        await eventually(async () => !(await log.isWritable()));
        await kafka.restart();
      }
      const before = acks.size;
      await eventually(() => acks.size > before + 500, { within: 20_000 });
      loading = false;
      await users;
      const ends = await Promise.all([0, 1, 2, 3].map((partition) => log.endOffset(partition)));
      const total = ends.reduce((sum, end) => sum + end, 0);
      await eventually(() => consumer.records.length === total, { within: 20_000 });
    } finally {
      loading = false;
      await users;
      await subscription.stop();
      await log.stop();
    }
    expect(consumer.violations).toEqual([]); // each record once and in order, across the restarts of the broker
    expect(failures.length).toBeGreaterThan(0);
    for (const error of failures) {
      expect(error instanceof QueueError && error.code).toBe('LOG_UNAVAILABLE');
    }
    expect(slowest).toBeLessThan(12_000);
    await expectInLog(settings, acks);
  }, 240_000);

  test('rejects with LOG_UNAVAILABLE after a lost response, and recovers', async () => {
    const settings = testSettings(kafka.brokers);
    await ensureTopics(settings, silent);
    const log = await started({ ...settings, brokers: kafka.brokersThroughProxy });
    try {
      const cut = kafka.proxy.cutBeforeResponse(produceRequest);
      await expect(log.append(asks('ann', 'c'))).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        retryAfterSeconds: 1,
      });
      await cut;
      const receipt = await eventually(() => log.append(asks('bo', 'c')));
      expect(receipt.offset).toBe(1); // ann's event was written once
      await expectInLog(settings, new Map([['bo:c', receipt]]));
      const keys = [...(await readAll(settings, settings.topic)).values()].map(({ key }) => key?.toString());
      expect(keys).toEqual(['ann:c', 'bo:c']);
    } finally {
      await log.stop();
    }
  }, 30_000);

  test('rejects in time when the network drops all packets, then at once, and recovers', async () => {
    const settings = testSettings(kafka.brokers);
    await ensureTopics(settings, silent);
    const log = await started({ ...settings, brokers: kafka.brokersThroughProxy });
    const failed = { code: 'LOG_UNAVAILABLE' };
    try {
      await log.append(asks('before', 'c'));
      kafka.proxy.blackHole();
      let before = performance.now();
      await expect(log.append(asks('ann', 'c'))).rejects.toMatchObject(failed);
      expect(performance.now() - before).toBeLessThan(10_000);
      before = performance.now();
      await expect(log.append(asks('bo', 'c'))).rejects.toMatchObject(failed);
      expect(performance.now() - before).toBeLessThan(1000);
      expect(await log.isWritable()).toBe(false);
      kafka.proxy.pass();
      const receipt = await eventually(() => log.append(asks('bo', 'c')), { within: 15_000 });
      await expectInLog(settings, new Map([['bo:c', receipt]]));
    } finally {
      kafka.proxy.pass();
      await log.stop();
    }
  }, 60_000);
});

function never(): never {
  throw new Error('as many receipts as events');
}
