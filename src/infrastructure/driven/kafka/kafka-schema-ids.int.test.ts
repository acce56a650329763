import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { readAll, removeTopics, silent, testSettings, withAdmin } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { KafkaSchemaIds } from './kafka-schema-ids.ts';
import { ensureTopics } from './kafka-topics.ts';

let settings: KafkaOptions;
beforeAll(async () => {
  settings = testSettings(stackAddresses().kafkaBrokers);
  await ensureTopics(settings, silent);
});
afterAll(() => removeTopics(settings));

const known = (id: number, digit: string) => ({ id, subject: 'concert.queue.E', fingerprint: digit.repeat(64) });
const idsOf = (options = settings) => new KafkaSchemaIds(options, silent);
const load = async () => [...(await idsOf().load()).values()];

async function write(key: string, value: string | null): Promise<void> {
  const producer = kafkaClient(settings, silent).producer();
  await producer.connect();
  await producer.send({ topic: settings.schemaTopic, messages: [{ key, value }] });
  await producer.disconnect();
}

test('schema ids are read by every process, from where it last read', async () => {
  const [ids, other] = [idsOf(), idsOf()];
  expect(await other.load()).toEqual(new Map());
  await ids.add([known(1, 'a'), known(2, 'b')]);
  expect([...(await other.load()).values()]).toEqual([known(1, 'a'), known(2, 'b')]);
  await ids.add([known(3, 'c')]);
  expect([...(await other.load()).keys()]).toEqual([1, 2, 3]);
  const records = [...(await readAll(settings, settings.schemaTopic)).values()];
  expect(records.map(({ key, value }) => `${String(key)} ${String(value)}`)).toEqual(
    ['1 a', '2 b', '3 c'].map((pair) => {
      const [id, digit = ''] = pair.split(' ');
      return `${id} {"subject":"concert.queue.E","fingerprint":"${digit.repeat(64)}"}`;
    }),
  );
});

test('an id keeps its first fingerprint, until a record without a value removes it', async () => {
  await idsOf().add([known(4, 'a')]);
  await idsOf().add([known(4, 'b')]);
  expect(await load()).toContainEqual(known(4, 'a'));
  await write('4', null);
  expect(await load()).not.toContainEqual(expect.objectContaining({ id: 4 }));
  await idsOf().add([known(4, 'b')]);
  expect(await load()).toContainEqual(known(4, 'b'));
});

test('records of other programs are ignored', async () => {
  const before = await load();
  await write('5', 'text');
  await write('text', JSON.stringify({ subject: 'concert.queue.E', fingerprint: 'a'.repeat(64) }));
  expect(await load()).toEqual(before);
});

test('a missing topic has no ids and accepts none; an unavailable broker is reported', async () => {
  const missing = testSettings(stackAddresses().kafkaBrokers);
  expect(await idsOf(missing).load()).toEqual(new Map());
  await expect(idsOf(missing).add([known(1, 'a')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await withAdmin(settings, async (admin) => expect(await admin.listTopics()).not.toContain(missing.schemaTopic));
  await expect(idsOf(testSettings(['127.0.0.1:1'])).load()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
}, 30_000);
