import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessApiDriver } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT_POLICY } from './short-policy.ts';

const CONCERT = 'rush';
const policy = { ...SHORT_POLICY, claimWindowSeconds: 0.3, activeWindowSeconds: 1 };
/** Several ticks of admission control and heartbeats of the owner. */
const LONG_ENOUGH_MS = 1_200;

const resources = testResources();
let system: InProcessSystem;
let driver: InProcessApiDriver;
beforeAll(async () => {
  system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
  driver = new InProcessApiDriver(system);
}, 20_000);

test('does not expire an entry beyond the stored visibility watermark', async () => {
  let claimBy = Number.POSITIVE_INFINITY;
  let isHeld = false;
  const write = system.view.advancePartition.bind(system.view);
  system.view.advancePartition = (partition, record, applyEvent) => {
    if ((record.visibility?.visibleUntil ?? 0) < claimBy) return write(partition, record, applyEvent);
    isHeld = true; // the stored watermark no longer advances
    return new Promise(() => undefined);
  };
  await driver.configure(CONCERT, policy);
  const { token = '' } = await driver.enter(CONCERT, 'ann');
  const getEntry = async () => {
    const { response } = await driver.getEntry(CONCERT, token);
    return response.is === 'entry' ? response.entry : undefined;
  };
  claimBy = await eventually(async () => (await getEntry())?.claimBy ?? false, { every: 5 });
  await eventually(() => isHeld);
  await pause(LONG_ENOUGH_MS);
  expect((await getEntry())?.state).toBe('READY');
}, 20_000);
