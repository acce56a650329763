import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { newLog, subscribe, write } from './log-subscription.fixtures.ts';
import { RecordingConsumer } from './recording-consumer.fixtures.ts';

/** Accepts connections and closes them, as a load balancer does for a failed broker. */
let closing: Server;
let connections = 0;

beforeAll(async () => {
  closing = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((closed) => closing.close(closed)));

describe('if the first broker accepts connections and closes them', () => {
  async function newLogWithFailedBroker(): Promise<KafkaOptions> {
    const own = await newLog(1);
    const address = closing.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return { ...own, brokers: [`127.0.0.1:${address.port}`, ...own.brokers] };
  }

  test('every new client appends and reads through the other brokers', async () => {
    for (let time = 0; time < 3 || connections === 0; time++) {
      const settings = await newLogWithFailedBroker();
      await write(settings, 0, 5);
      const consumer = new RecordingConsumer();
      void subscribe(settings, consumer).started;
      await eventually(() => consumer.records.length === 5, { within: 60_000 });
      expect(consumer.records).toHaveLength(5);
    }
  }, 120_000);
});
