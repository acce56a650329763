import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import { eventually } from '../../support/eventually.ts';
import { inParallel } from '../../support/simulated-users.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessDoor } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT } from './short-policy.ts';

const IDLE = 300;

describe(`admission control over ${IDLE} concerts in which one waits and nothing can be done`, () => {
  const resources = testResources();
  let door: InProcessDoor;
  /** How often admission control looked at a queue. */
  let looks = new Map<ConcertQueue, number>();
  const whole = Object.getOwnPropertyDescriptor(ConcertQueue.prototype, 'nextExpiry') ?? {};

  beforeAll(async () => {
    resources.defer(() => void Object.defineProperty(ConcertQueue.prototype, 'nextExpiry', whole));
    Object.defineProperty(ConcertQueue.prototype, 'nextExpiry', {
      ...whole,
      value(this: ConcertQueue) {
        looks.set(this, (looks.get(this) ?? 0) + 1);
        return whole.value.call(this);
      },
    });
    const system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
    door = new InProcessDoor(system);
    await inParallel(Array(IDLE).keys(), 50, async (number) => {
      await door.configure(`quiet-${number}`, SHORT);
      await door.steer(`quiet-${number}`, 'pause');
      await door.enter(`quiet-${number}`, 'the-only-one');
    });
  }, 30_000);

  test('looks at none of them, and at the one that can act only as often as it acts', async () => {
    await eventually(async () => {
      looks = new Map();
      await pause(250); // more than two of its ticks
      return looks.size === 0;
    });
    await door.configure('rush', SHORT);
    for (const userId of ['ann', 'bo', 'cy']) await door.enter('rush', userId);
    await eventually(async () => {
      const { told } = await door.read('rush');
      return told.is === 'queue' && told.queue.waiting + told.queue.ready === 0 && told.queue.admittedThrough > 0;
    });
    expect(looks.size).toBe(1);
    expect(Math.max(...looks.values())).toBeLessThan(100);
  }, 20_000);
});
