import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { FatalError } from '../../../application/errors.ts';
import type { Offset } from '../../../domain/types.ts';
import { silent, withAdmin } from './kafka.fixtures.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { ensureTopics } from './kafka-topics.ts';
import { newLog, subscribe, write } from './log-subscription.fixtures.ts';
import { type ProjectedOffsets, RecordingConsumer } from './recording-consumer.fixtures.ts';

const SHORT_INTERVAL_MS = 300;
/** Longer than any test. */
const LONG_INTERVAL_MS = 600_000;

describe('the log subscription ends with a fatal error', () => {
  test.each([
    ['after the end of the log', new Map([[0, 11]]), 0],
    ['before the start of the log', new Map([[0, 2]]), 5],
  ])(
    'if the projected offset is %s',
    async (_, projected: ProjectedOffsets, deleteBefore) => {
      const own = await newLog(1);
      await write(own, 0, 10);
      if (deleteBefore > 0) await truncate(own, deleteBefore);
      const consumer = new RecordingConsumer(projected);
      const { message } = await fatalError(own, consumer);
      expect(message).toContain(`topic ${own.topic}: partition 0 was recreated or truncated below what was projected`);
      expect(consumer.records).toEqual([]);
    },
    30_000,
  );

  test.each([
    ['and later ones exist', 20, LONG_INTERVAL_MS],
    ['and no later ones exist', 25, SHORT_INTERVAL_MS],
  ])(
    'if unread records are deleted while it runs %s',
    async (_, deleteBefore, idleCheckIntervalMs) => {
      const own = await newLog(1);
      await write(own, 0, 10);
      const consumer = new RecordingConsumer();
      const fatal = fatalError(own, consumer, idleCheckIntervalMs);
      await eventually(() => consumer.records.length === 10);
      let calls = 0;
      let release = () => {};
      consumer.beforeConsume = () => {
        calls++;
        return new Promise((resolve) => {
          release = resolve;
        });
      };
      await write(own, 0, 5);
      await eventually(() => calls === 1);
      await write(own, 0, 10);
      await truncate(own, deleteBefore);
      consumer.beforeConsume = () => {};
      release();
      const { message } = await fatal;
      expect(message).toContain(`the next offset to read is 15, the log has ${deleteBefore} to 25`);
    },
    30_000,
  );

  test('if the topic is recreated while it is idle', async () => {
    const own = await newLog(1);
    await write(own, 0, 10);
    const consumer = new RecordingConsumer();
    const fatal = fatalError(own, consumer, SHORT_INTERVAL_MS);
    await eventually(() => consumer.records.length === 10);
    await withAdmin(own, (admin) => admin.deleteTopics({ topics: [own.topic] }));
    await eventually(() => ensureTopics(own, silent).then(() => true));
    expect((await fatal).message).toContain('the next offset to read is 10, the log has 0 to 0');
  }, 30_000);

  test('but not if it is idle at the end, nor if only records it has read are deleted', async () => {
    const own = await newLog(1);
    await write(own, 0, 10);
    const consumer = new RecordingConsumer();
    const errors: FatalError[] = [];
    void subscribe(own, consumer, (error) => errors.push(error), { idleCheckIntervalMs: SHORT_INTERVAL_MS }).started;
    await eventually(() => consumer.records.length === 10);
    await pause(1_000);
    await truncate(own, 10);
    await pause(1_000);
    await write(own, 0, 5);
    await eventually(() => consumer.records.length === 15);
    expect(errors).toEqual([]);
  }, 30_000);

  test('if the consumer throws one', async () => {
    const own = await newLog(1);
    const consumer = new RecordingConsumer();
    consumer.beforeConsume = () => {
      throw new FatalError('another topic was projected');
    };
    await write(own, 0, 1);
    const fatal = fatalError(own, consumer);
    expect((await fatal).message).toBe(`topic ${own.topic}: another topic was projected`);
  }, 30_000);
});

/** The fatal error. @param idleCheckIntervalMs by default the idle check never runs within the test */
function fatalError(
  settings: KafkaOptions,
  consumer: RecordingConsumer,
  idleCheckIntervalMs = LONG_INTERVAL_MS,
): Promise<FatalError> {
  return new Promise((resolve) => {
    void subscribe(settings, consumer, resolve, { idleCheckIntervalMs }).started;
  });
}

async function truncate(settings: KafkaOptions, below: Offset): Promise<void> {
  await withAdmin(settings, async (admin) => {
    await admin.fetchTopicOffsets(settings.topic); // makes kafkajs load the metadata of the topic
    await admin.deleteTopicRecords({ topic: settings.topic, partitions: [{ partition: 0, offset: `${below}` }] });
  });
}
