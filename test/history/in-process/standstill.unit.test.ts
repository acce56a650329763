import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type { QueueEvent } from '../../../src/domain/events.generated.ts';
import { eventually } from '../../support/eventually.ts';
import { testResources } from '../../support/test-resources.ts';
import { InProcessApiDriver } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';
import { SHORT_POLICY } from './short-policy.ts';

const CONCERT = 'rush';
const WINDOW_MS = 1_500;
/** The rate admits one user at once and the next one after a minute. */
const policy = {
  ...SHORT_POLICY,
  capacity: 2,
  admissionsPerMinute: 1,
  claimWindowSeconds: WINDOW_MS / 1_000,
  activeWindowSeconds: 60,
};
/** Longer than the claim window and several heartbeats of the owner. */
const STUCK_MS = 3_000;

const resources = testResources();
let system: InProcessSystem;
let driver: InProcessApiDriver;
beforeAll(async () => {
  system = resources.adopt(await new InProcessSystem().start(), (one) => one.stop());
  driver = new InProcessApiDriver(system);
}, 20_000);

test('starts the claim window when a stuck partition becomes readable again', async () => {
  await driver.configure(CONCERT, policy);
  const { token: firstToken = '' } = await driver.enter(CONCERT, 'first');
  const { response, token = '' } = await driver.enter(CONCERT, 'ann');
  const through = response.is === 'receipt' ? response.offset : Number.NaN;
  const getEntry = async (entryToken = token) => {
    const { response } = await driver.getEntry(CONCERT, entryToken);
    return response.is === 'entry' ? response.entry : undefined;
  };
  await eventually(async () => (await getEntry(firstToken))?.state === 'EXPIRED');
  expect((await getEntry())?.state).toBe('WAITING');

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
  system.codec.encode = () => Buffer.from('unreadable');
  await driver.enter(CONCERT, 'unreadable');
  system.codec.encode = encode;
  // Admission control may have decided this just before the partition got stuck.
  await system.log.append({ type: 'EntriesAdmitted', concertId: CONCERT, occurredAt: Date.now(), through }, 'control');
  await pause(STUCK_MS);
  expect((await getEntry())?.state).toBe('WAITING');

  isWritable = true;
  const claimBy = await eventually(async () => (await getEntry())?.claimBy ?? false, { every: 5 });
  expect(claimBy).toBeLessThan(healedAt);
  await eventually(async () => (await getEntry())?.state === 'EXPIRED');
  const expired = expiries.find((one) => one.through >= claimBy);
  expect(expired?.at).toBeGreaterThanOrEqual(healedAt + WINDOW_MS);
}, 30_000);
