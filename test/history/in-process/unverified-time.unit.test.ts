import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessDoor } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT } from './short-policy.ts';

const CONCERT = 'rush';
const policy = { ...SHORT, claimWindowSeconds: 0.3, activeWindowSeconds: 1 };
/** Several ticks of admission control and beats of the owner. */
const LONG_ENOUGH_MS = 1_200;

const resources = testResources();
let system: InProcessSystem;
let door: InProcessDoor;
beforeAll(async () => {
  system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
  door = new InProcessDoor(system);
}, 20_000);

test('nobody expires for time that is not yet written down as vouched for', async () => {
  let claimBy = Number.POSITIVE_INFINITY;
  let isHeld = false;
  const write = system.view.advancePartition.bind(system.view);
  system.view.advancePartition = (partition, record, after) => {
    if ((record.visibility?.vouched ?? 0) < claimBy) return write(partition, record, after);
    isHeld = true; // from here on nobody knows whether the view can be read
    return new Promise(() => undefined);
  };
  await door.configure(CONCERT, policy);
  const { token = '' } = await door.enter(CONCERT, 'ann');
  const look = async () => {
    const { told } = await door.look(CONCERT, token);
    return told.is === 'entry' ? told.entry : undefined;
  };
  claimBy = await eventually(async () => (await look())?.claimBy ?? false, { every: 5 });
  await eventually(() => isHeld);
  await pause(LONG_ENOUGH_MS);
  expect((await look())?.state).toBe('READY');
}, 20_000);
