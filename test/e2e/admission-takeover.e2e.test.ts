import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { Room } from './admission.fixtures.ts';
import { type Habit, type Visitor, Visitors } from './admission-users.fixtures.ts';

const HELD_MS = process.env['TEST_FORM'] === 'full' ? 60_000 : 15_000;
const CLAIM_WINDOW_S = 3;
/** Whoever claimed has time to learn of it: the windows of those who could claim run on. */
const ACTIVE_WINDOW_S = 30 + HELD_MS / 1_000;
const HABITS: readonly Habit[] = ['buys', 'buys', 'never claims'];

/** Two processes that may admit, and one that only answers. */
const resources = testResources();
let installation: Installation;
let api: Api;
let admitters: readonly ServerProcess[];

beforeAll(async () => {
  installation = resources.use(await Installation.create({ partitions: 1 }));
  const [door, ...others] = await Promise.all([
    installation.start({ ROLES: 'api' }),
    installation.start({ ROLES: 'projector' }),
    installation.start({ ROLES: 'projector' }),
  ]);
  api = installation.apiOf(door);
  admitters = others;
}, 60_000);

/** Who writes the record of the only partition. */
function owner(): Promise<ServerProcess> {
  return eventually(async () => {
    const name = await installation.redis.hget(`${installation.prefix}partition:0`, '@owner');
    return admitters.find(({ pid }) => name?.endsWith(`:${pid}`)) ?? false;
  });
}

/** A queue with so many waiting, of whom the first are about to be called. */
async function rush(concertId: string, capacity: number, users: number): Promise<Visitors> {
  const visitors = new Visitors(api, concertId);
  const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: ACTIVE_WINDOW_S };
  granted(await api.configure(concertId, { capacity, admissionsPerMinute: 60_000, ...windows }));
  granted(await api.changeState(concertId, 'pause'));
  await visitors.enter(users, 'fan', HABITS);
  granted(await api.changeState(concertId, 'resume'));
  return visitors;
}

async function empty(visitors: Visitors): Promise<Room> {
  const isEmpty = async () => {
    const { ready, active } = await visitors.document();
    return ready + active === 0;
  };
  await eventually(isEmpty, { within: 30_000, every: 100 });
  return new Room(await expectStoredEqualsFold(installation), visitors.concertId);
}

const inOrderOfReceipts = ({ all }: Visitors): number[] => all.map(({ offset }) => offset).toSorted((a, b) => a - b);

describe(`an admitter that is held for ${HELD_MS / 1_000} s and goes on while another admits`, () => {
  const CAPACITY = 5;
  let visitors: Visitors;
  let room: Room;
  let heldAt: number;
  let called: readonly Visitor[];
  const refused: Visitor[] = [];

  beforeAll(async () => {
    visitors = await rush('held', CAPACITY, 40);
    const held = await owner();
    await eventually(async () => (await visitors.document()).ready > 0, { every: 5 });
    held.pause();
    heldAt = Date.now();
    called = await calledSoFar();
    // Nothing is projected: whoever was called just before asks until there is an answer.
    const claims = called.map(async (visitor) => {
      const answer = await visitors.claim(visitor);
      if (answer.ok) await visitors.complete(answer.body);
      else refused.push(visitor);
    });
    await eventually(async () => (await owner()) !== held, { within: 40_000 });
    await Promise.all(claims);
    const rest = visitors.comeAndGo(60_000 + HELD_MS, called);
    await pause(Math.max(0, HELD_MS - (Date.now() - heldAt)));
    held.resume();
    await rest;
    room = await empty(visitors);
  }, 200_000);

  async function calledSoFar(): Promise<readonly Visitor[]> {
    const users = new Set(new Room(await readEvents(installation), 'held').calls.map(({ userId }) => userId));
    return visitors.all.filter(({ userId }) => users.has(userId));
  }

  test('leaves those who were called before it was held their time to claim', () => {
    expect(called).toHaveLength(CAPACITY);
    expect(refused).toEqual([]);
  });

  test('calls nobody twice and nobody out of turn', () => {
    expect(room.calledTwice).toEqual([]);
    expect(room.order).toEqual(inOrderOfReceipts(visitors));
    expect(room.overfull).toEqual([]);
    expect(room.queue.called).toBe(0);
  });

  test('expires nobody who could not know', () => {
    // Nothing was decided from when it was held until somebody else did.
    const decided = room.moments.find(
      ({ timestamp, type }) => timestamp > heldAt + 1_000 && type !== 'AdmissionClaimed',
    );
    expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [[heldAt, decided?.timestamp ?? heldAt]])).toEqual([]);
  });
});

describe('kill -9 of the process that admits, people waiting and another process standing by', () => {
  let visitors: Visitors;
  let room: Room;
  let killedAt: number;

  beforeAll(async () => {
    visitors = await rush('killed', 10, 60);
    const coming = visitors.comeAndGo(90_000);
    await eventually(async () => (await visitors.document()).admittedThrough > 0);
    const admitter = await owner();
    await admitter.kill9();
    killedAt = Date.now();
    await coming;
    room = await empty(visitors);
  }, 150_000);

  test('lets admitting go on within 10 seconds', () => {
    const next = room.moments.find(
      ({ timestamp, type }) => timestamp > killedAt && /TimePassed|EntriesAdmitted/.test(type),
    );
    expect((next?.timestamp ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThanOrEqual(10_000);
    const call = room.calls.find(({ calledAt }) => calledAt > killedAt);
    expect((call?.calledAt ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThanOrEqual(10_000);
  });

  test('lets in everyone who claims when called, once and in order', () => {
    expect([...visitors.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(room.order).toEqual(inOrderOfReceipts(visitors));
    expect(room.overfull).toEqual([]);
    expect(room.queue.called).toBe(0);
  });

  test('expires nobody for time in which they could not know', () => {
    const dark = room.moments.flatMap(({ timestamp, type }, index): [number, number][] => {
      const next = room.moments.slice(index + 1).find((one) => one.type !== 'AdmissionClaimed')?.timestamp ?? timestamp;
      return type !== 'AdmissionClaimed' && timestamp <= killedAt + 1_000 && next >= killedAt
        ? [[timestamp, next]]
        : [];
    });
    expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, dark)).toEqual([]);
  });
});
