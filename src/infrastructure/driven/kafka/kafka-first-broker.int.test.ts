import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { feed, newLog, write } from './log-subscription.fixtures.ts';
import { Projector } from './projector.fixtures.ts';

/** As a balancer does for a broker that is dead. */
let closing: Server;
let asked = 0;

beforeAll(async () => {
  closing = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((closed) => closing.close(closed)));

describe('while the broker that is named first takes connections and ends them', () => {
  async function newLogBehindIt(): Promise<KafkaOptions> {
    const own = await newLog(1);
    const address = closing.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return { ...own, brokers: [`127.0.0.1:${address.port}`, ...own.brokers] };
  }

  test('records are appended and read by way of the others, each time that a client begins', async () => {
    for (let time = 0; time < 3 || asked === 0; time++) {
      const settings = await newLogBehindIt();
      await write(settings, 0, 5);
      const projector = new Projector();
      void feed(settings, projector).started;
      await eventually(() => projector.records.length === 5, { within: 20_000 });
      expect(projector.records).toHaveLength(5);
    }
  }, 120_000);
});
