import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { asks, jsonCodec, readAll, removeTopics, silent, testSettings } from './kafka.fixtures.ts';
import { KafkaEventLog } from './kafka-event-log.ts';
import { ensureTopics } from './kafka-topics.ts';

const settings = testSettings(stackAddresses().kafkaBrokers);
const warnings: string[] = [];
const log = new KafkaEventLog(settings, jsonCodec, { ...silent, warn: (message) => warnings.push(message) });
afterEach(async () => {
  await log.stop();
  await removeTopics(settings);
});

test('rejects appends after the topic was recreated', async () => {
  await ensureTopics(settings, silent);
  log.start();
  await eventually(() => log.isWritable());
  for (let n = 0; n < 5; n++) await log.append(asks(`u${n}`, 'c'));
  await removeTopics(settings);
  await eventually(() => ensureTopics(settings, silent));
  await eventually(() =>
    log.append(asks('late', 'c')).then(
      () => Promise.reject(new Error('the append succeeded')),
      () => warnings.some((message) => message.includes('recreated or truncated')),
    ),
  );
  await expect(log.append(asks('later', 'c'))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(await log.isWritable()).toBe(false);
  // The append that found the recreation may be in the log: it was not acknowledged.
  expect((await readAll(settings, settings.topic)).size).toBeLessThanOrEqual(1);
}, 60_000);
