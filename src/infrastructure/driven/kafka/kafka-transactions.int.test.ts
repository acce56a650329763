import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Producer } from 'kafkajs';
import { eventually } from '../../../../test/support/eventually.ts';
import { silent } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { newLog, subscribe, write } from './log-subscription.fixtures.ts';
import { type ProjectedOffsets, RecordingConsumer } from './recording-consumer.fixtures.ts';

const producers: Producer[] = [];
afterAll(() => Promise.all(producers.map((producer) => producer.disconnect())));

let settings: KafkaOptions;
let projected: ProjectedOffsets;
let consumer: RecordingConsumer;
beforeEach(async () => {
  settings = await newLog(1);
  projected = new Map();
  consumer = new RecordingConsumer(projected);
  await write(settings, 0, 3);
});

/** Begins a transaction of another producer with one record. */
async function transaction() {
  const producer = kafkaClient(settings, silent).producer({
    transactionalId: `${settings.topic}-foreign`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  producers.push(producer);
  await producer.connect();
  const begun = await producer.transaction();
  await begun.send({ topic: settings.topic, messages: [{ key: 'k', value: 'x', partition: 0 }] });
  return begun;
}

describe.each([
  ['aborted', 'abort', 3],
  ['committed', 'commit', 4],
] as const)('an %s transaction at the end of a partition', (_, end, records) => {
  test('is passed, whether the consumer runs or starts later', async () => {
    const { subscription } = subscribe(settings, consumer);
    await eventually(() => projected.get(0) === 3);
    await (await transaction())[end]();
    await eventually(() => projected.get(0) === 5); // the record and the marker
    await subscription.stop();

    const later = new RecordingConsumer(new Map());
    await subscribe(settings, later).started;
    await eventually(() => later.records.length === records);
    await write(settings, 0, 1);
    await eventually(() => later.records.length === records + 1);
    expect(later.records.at(-1)?.offset).toBe(5);
  }, 60_000);
});

test('an open transaction is reported with its producer, and the consumer continues when it ends', async () => {
  const { subscription } = subscribe(settings, consumer, undefined, { idleCheckIntervalMs: 200 });
  await eventually(() => projected.get(0) === 3);
  const open = await transaction();
  await write(settings, 0, 1);
  const state = () => subscription.status()[0];
  await eventually(() => state()?.state === 'backing-off');
  expect(state()?.reason).toMatch(/^a transaction of the producer with id \d+ \(epoch 0\) is open at offset 3$/);
  await open.abort();
  await eventually(() => projected.get(0) === 6);
  await eventually(() => state()?.state === 'reading');
}, 60_000);
