import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { FatalError } from '../../../application/errors.ts';
import type { Offset } from '../../../domain/types.ts';
import { silent, withAdmin } from './kafka.fixtures.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { ensureTopics } from './kafka-topics.ts';
import { feed, newLog, write } from './log-subscription.fixtures.ts';
import { type Folded, Projector } from './projector.fixtures.ts';

const OFTEN_MS = 300;
/** Not within a test. */
const SELDOM_MS = 600_000;

describe('the feed refuses a log:', () => {
  test.each([
    ['beyond its end', new Map([[0, 11]]), 0],
    ['below its beginning', new Map([[0, 2]]), 5],
  ])(
    'one that does not have what was projected: %s',
    async (_, folded: Folded, deleteBefore) => {
      const own = await newLog(1);
      await write(own, 0, 10);
      if (deleteBefore > 0) await truncate(own, deleteBefore);
      const projector = new Projector(folded);
      const { message } = await refusal(own, projector);
      expect(message).toContain(`topic ${own.topic}: partition 0 was recreated or truncated below what was projected`);
      expect(projector.records).toEqual([]);
    },
    30_000,
  );

  test.each([
    ['and keeps what follows it', 20, SELDOM_MS],
    ['and is empty behind it: nothing comes that would show it', 25, OFTEN_MS],
  ])(
    'while it runs, one that loses what was not read yet, %s',
    async (_, deleteBefore, restMs) => {
      const own = await newLog(1);
      await write(own, 0, 10);
      const projector = new Projector();
      const fatal = refusal(own, projector, restMs);
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
      await truncate(own, deleteBefore);
      projector.before = () => {};
      release();
      const { message } = await fatal;
      expect(message).toContain(`the next offset to read is 15, the log holds ${deleteBefore} to 25`);
    },
    30_000,
  );

  test('while it rests, one that was made anew', async () => {
    const own = await newLog(1);
    await write(own, 0, 10);
    const projector = new Projector();
    const fatal = refusal(own, projector, OFTEN_MS);
    await eventually(() => projector.records.length === 10);
    await withAdmin(own, (admin) => admin.deleteTopics({ topics: [own.topic] }));
    await eventually(() => ensureTopics(own, silent).then(() => true));
    expect((await fatal).message).toContain('the next offset to read is 10, the log holds 0 to 0');
  }, 30_000);

  test('but none in which it rests at the end, or of which all was deleted that it has read', async () => {
    const own = await newLog(1);
    await write(own, 0, 10);
    const projector = new Projector();
    const refused: FatalError[] = [];
    void feed(own, projector, (error) => refused.push(error), { restMs: OFTEN_MS }).started;
    await eventually(() => projector.records.length === 10);
    await pause(1_000);
    await truncate(own, 10);
    await pause(1_000);
    await write(own, 0, 5);
    await eventually(() => projector.records.length === 15);
    expect(refused).toEqual([]);
  }, 30_000);

  test('one that its consumer refuses', async () => {
    const own = await newLog(1);
    const projector = new Projector();
    projector.before = () => {
      throw new FatalError('another topic was projected');
    };
    await write(own, 0, 1);
    const fatal = refusal(own, projector);
    expect((await fatal).message).toBe(`topic ${own.topic}: another topic was projected`);
  }, 30_000);
});

/** Why a feed of this log ends. @param restMs by default nothing is found by looking after partitions at rest */
function refusal(settings: KafkaOptions, projector: Projector, restMs = SELDOM_MS): Promise<FatalError> {
  return new Promise((resolve) => {
    void feed(settings, projector, resolve, { restMs }).started;
  });
}

async function truncate(settings: KafkaOptions, below: Offset): Promise<void> {
  await withAdmin(settings, async (admin) => {
    await admin.fetchTopicOffsets(settings.topic); // or kafkajs does not know the topic
    await admin.deleteTopicRecords({ topic: settings.topic, partitions: [{ partition: 0, offset: `${below}` }] });
  });
}
