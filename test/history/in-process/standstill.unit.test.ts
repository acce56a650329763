import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type { QueueEvent } from '../../../src/domain/events.generated.ts';
import { eventually } from '../../support/eventually.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessDoor } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT } from './short-policy.ts';

const CONCERT = 'rush';
const WINDOW_MS = 1_500;
/** One is called at once, and the next not for a minute by the rate. */
const policy = {
  ...SHORT,
  capacity: 2,
  admissionsPerMinute: 1,
  claimWindowSeconds: WINDOW_MS / 1_000,
  activeWindowSeconds: 60,
};
/** Longer than the window and several beats of the owner. */
const STANDS_STILL_MS = 3_000;

const resources = testResources();
let system: InProcessSystem;
let door: InProcessDoor;
beforeAll(async () => {
  system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
  door = new InProcessDoor(system);
}, 20_000);

test('who is called while the partition stands still has the whole window from when that can be read', async () => {
  await door.configure(CONCERT, policy);
  const { token: ofFirst = '' } = await door.enter(CONCERT, 'first');
  const { told, token = '' } = await door.enter(CONCERT, 'ann');
  const through = told.is === 'receipt' ? told.offset : Number.NaN;
  const look = async (entryToken = token) => {
    const { told } = await door.look(CONCERT, entryToken);
    return told.is === 'entry' ? told.entry : undefined;
  };
  await eventually(async () => (await look(ofFirst))?.state === 'EXPIRED');
  expect((await look())?.state).toBe('WAITING');

  let isWritable = false;
  let healedAt = Number.NaN;
  const add = system.deadLetters.add.bind(system.deadLetters);
  system.deadLetters.add = async (...letter) => {
    if (!isWritable) throw new Error('refused');
    healedAt = Date.now();
    await add(...letter);
  };
  const expiries: { readonly at: number; readonly through: number }[] = [];
  const append = system.log.append.bind(system.log);
  system.log.append = (event: QueueEvent, urgency) => {
    if (event.type === 'TimePassed') expiries.push({ at: Date.now(), through: event.through });
    return append(event, urgency);
  };
  const encode = system.codec.encode.bind(system.codec);
  system.codec.encode = () => Buffer.from('poison');
  await door.enter(CONCERT, 'poison');
  system.codec.encode = encode;
  // As decided just before it stood still, by the same admission control or another.
  await system.log.append({ type: 'EntriesAdmitted', concertId: CONCERT, occurredAt: Date.now(), through }, 'control');
  await pause(STANDS_STILL_MS);
  expect((await look())?.state).toBe('WAITING');

  isWritable = true;
  const claimBy = await eventually(async () => (await look())?.claimBy ?? false, { every: 5 });
  expect(claimBy).toBeLessThan(healedAt);
  await eventually(async () => (await look())?.state === 'EXPIRED');
  const expired = expiries.find((one) => one.through >= claimBy);
  expect(expired?.at).toBeGreaterThanOrEqual(healedAt + WINDOW_MS);
}, 30_000);
