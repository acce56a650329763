import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { inParallel } from '../../support/simulated-users.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessApiDriver } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT_POLICY } from './short-policy.ts';

const IDLE = 300;

describe(`admission control with ${IDLE} paused concerts, each with one waiting user`, () => {
  const resources = testResources();
  let driver: InProcessApiDriver;
  /** How often admission control inspected each queue. */
  let inspections = new Map<ConcertQueue, number>();
  const originals = Object.getOwnPropertyDescriptor(ConcertQueue.prototype, 'nextExpiry') ?? {};

  beforeAll(async () => {
    resources.defer(() => void Object.defineProperty(ConcertQueue.prototype, 'nextExpiry', originals));
    Object.defineProperty(ConcertQueue.prototype, 'nextExpiry', {
      ...originals,
      value(this: ConcertQueue) {
        inspections.set(this, (inspections.get(this) ?? 0) + 1);
        return originals.value.call(this);
      },
    });
    const system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
    driver = new InProcessApiDriver(system);
    await inParallel(Array(IDLE).keys(), 50, async (number) => {
      await driver.configure(`quiet-${number}`, SHORT_POLICY);
      await driver.changeState(`quiet-${number}`, 'pause');
      await driver.enter(`quiet-${number}`, 'the-only-one');
    });
  }, 30_000);

  test('inspects no paused queue, and an open queue only when it changes', async () => {
    await eventually(async () => {
      inspections = new Map();
      await pause(250); // more than two of its ticks
      return inspections.size === 0;
    });
    await driver.configure('rush', SHORT_POLICY);
    for (const userId of ['ann', 'bo', 'cy']) await driver.enter('rush', userId);
    await eventually(async () => {
      const { response } = await driver.getQueue('rush');
      return (
        response.is === 'queue' &&
        response.queue.waiting + response.queue.ready === 0 &&
        response.queue.admittedThrough > 0
      );
    });
    expect(inspections.size).toBe(1);
    expect(Math.max(...inspections.values())).toBeLessThan(100);
  }, 20_000);
});
