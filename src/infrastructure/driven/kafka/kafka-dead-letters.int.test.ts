import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import { readAll, removeTopics, silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import { KafkaDeadLetters } from './kafka-dead-letters.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { ensureTopics } from './kafka-topics.ts';

let settings: KafkaOptions;
let letters: KafkaDeadLetters;

beforeAll(async () => {
  settings = testSettings(stackAddresses().kafkaBrokers);
  await ensureTopics(settings, silent);
  letters = new KafkaDeadLetters(settings, silent);
});
afterAll(async () => {
  await letters.stop();
  await removeTopics(settings);
});

const record = (offset: number, partition = 2): LogRecord => ({
  partition,
  offset,
  timestamp: 1_700_000_000_000 + offset,
  key: Buffer.from('someone:else'),
  value: Buffer.from([0, 0xff, 7]),
  headers: { traced: 'yes' },
});
const cause = { code: 'MALFORMED_BODY', message: 'cannot be read' };

describe('dead letters', () => {
  test('are empty at first', async () => {
    expect(await letters.of(2)).toEqual(new Map());
  });

  test('keep bytes, key and headers, and add origin and cause', async () => {
    await letters.add(record(17), cause);
    const [letter] = (await readAll(settings, settings.deadLetterTopic)).values();
    expect(letter?.partition).toBe(2);
    expect(letter?.key).toEqual(Buffer.from('someone:else'));
    expect(letter?.value).toEqual(Buffer.from([0, 0xff, 7]));
    const headers = Object.entries(letter?.headers ?? {}).map(([name, text]) => [name, String(text)] as const);
    expect(Object.fromEntries(headers)).toEqual({
      traced: 'yes',
      'dlt-origin-topic': settings.topic,
      'dlt-origin-partition': '2',
      'dlt-origin-offset': '17',
      'dlt-origin-timestamp': '1700000000017',
      'dlt-error-code': 'MALFORMED_BODY',
      'dlt-error-message': 'cannot be read',
      'dlt-failed-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  test('are read back by partition, with repeats merged', async () => {
    await letters.add(record(17), cause);
    await letters.add({ ...record(30), key: null, value: null }, cause);
    await letters.add(record(3, 1), cause);
    const expected = new Map([
      [17, 1_700_000_000_017],
      [30, 1_700_000_000_030],
    ]);
    expect(await letters.of(2)).toEqual(expected);
    const other = new KafkaDeadLetters(settings, silent);
    try {
      expect(await other.of(2)).toEqual(expected);
      expect(await other.of(1)).toEqual(new Map([[3, 1_700_000_000_003]]));
      expect(await other.of(0)).toEqual(new Map());
      await letters.add(record(31), cause);
      expect([...(await other.of(2)).keys()]).toEqual([17, 30, 31]);
    } finally {
      await other.stop();
    }
  });

  test('keep time corrections beside them, the first for each record', async () => {
    const [first, second] = [
      { offset: 40, timestamp: 1_800_000_000_000, time: 1_700_000_000_040 },
      { offset: 41, timestamp: 1_800_000_000_001, time: 1_700_000_000_040 },
    ];
    const before = await letters.of(0);
    await letters.correctTimes(0, [first]);
    const other = new KafkaDeadLetters(settings, silent);
    try {
      await other.correctTimes(0, [{ ...first, time: 1_700_000_000_999 }, second]);
      const expected = new Map([
        [40, first],
        [41, second],
      ]);
      expect(await letters.timeCorrections(0)).toEqual(expected);
      expect(await other.timeCorrections(0)).toEqual(expected);
      expect(await other.timeCorrections(1)).toEqual(new Map());
      expect(await other.of(0)).toEqual(before);
    } finally {
      await other.stop();
    }
  });

  test('exclude records of other writers', async () => {
    const producer = kafkaClient(settings, silent).producer();
    await producer.connect();
    await producer.send({
      topic: settings.deadLetterTopic,
      messages: [
        { partition: 3, value: 'no headers' },
        { partition: 3, value: 'x', headers: { 'dlt-origin-topic': 'another', 'dlt-origin-partition': '3' } },
      ],
    });
    await producer.disconnect();
    expect(await letters.of(3)).toEqual(new Map());
  });

  test('create no consumer group', async () => {
    const { groups } = await withAdmin(settings, (admin) => admin.listGroups());
    expect(groups.filter(({ groupId }) => groupId === settings.groupId)).toEqual([]);
  });

  test('are not hidden by an open transaction of another producer', async () => {
    const producer = kafkaClient(settings, silent).producer({
      transactionalId: `${settings.topic}-foreign`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: settings.deadLetterTopic, messages: [{ value: 'x', partition: 0 }] });
    await letters.add(record(7, 0), cause);
    expect(await letters.of(0)).toEqual(new Map([[7, 1_700_000_000_007]]));
    await transaction.abort();
    expect((await letters.of(0)).size).toBe(1);
    await producer.disconnect();
  }, 30_000);
});
