import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { type TestUser, TestUsers, type UserBehaviour } from './admission-users.fixtures.ts';

const SUSPENDED_MS = process.env['TEST_FORM'] === 'full' ? 60_000 : 15_000;
const CLAIM_WINDOW_S = 3;
/** Long enough for a user to get the response to a claim; active windows continue during the outage. */
const ACTIVE_WINDOW_S = 30 + SUSPENDED_MS / 1_000;
const BEHAVIOURS: readonly UserBehaviour[] = ['buys', 'buys', 'never claims'];

/** Two projectors and one API process. */
const resources = testResources();
let installation: Installation;
let api: Api;
let projectors: readonly ServerProcess[];

beforeAll(async () => {
  installation = resources.use(await Installation.create({ partitions: 1 }));
  const [apiServer, ...others] = await Promise.all([
    installation.start({ ROLES: 'api' }),
    installation.start({ ROLES: 'projector' }),
    installation.start({ ROLES: 'projector' }),
  ]);
  api = installation.apiOf(apiServer);
  projectors = others;
}, 60_000);

/** The owner of the only partition. */
function owner(): Promise<ServerProcess> {
  return eventually(async () => {
    const name = await installation.redis.hget(`${installation.prefix}partition:0`, '@owner');
    return projectors.find(({ pid }) => name?.endsWith(`:${pid}`)) ?? false;
  });
}

/** A queue with so many waiting users, the first of whom are about to be admitted. */
async function rush(concertId: string, capacity: number, count: number): Promise<TestUsers> {
  const users = new TestUsers(api, concertId);
  const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: ACTIVE_WINDOW_S };
  granted(await api.configure(concertId, { capacity, admissionsPerMinute: 60_000, ...windows }));
  granted(await api.changeState(concertId, 'pause'));
  await users.enter(count, 'fan', BEHAVIOURS);
  granted(await api.changeState(concertId, 'resume'));
  return users;
}

async function empty(users: TestUsers): Promise<AdmissionHistory> {
  const isEmpty = async () => {
    const { ready, active } = await users.document();
    return ready + active === 0;
  };
  await eventually(isEmpty, { within: 30_000, every: 100 });
  return new AdmissionHistory(await expectStoredEqualsFold(installation), users.concertId);
}

const inOrderOfReceipts = ({ all }: TestUsers): number[] => all.map(({ offset }) => offset).toSorted((a, b) => a - b);

describe(`a projector suspended for ${SUSPENDED_MS / 1_000} s that resumes while another one admits`, () => {
  const CAPACITY = 5;
  let users: TestUsers;
  let history: AdmissionHistory;
  let suspendedAt: number;
  let admitted: readonly TestUser[];
  const refused: TestUser[] = [];

  beforeAll(async () => {
    users = await rush('suspended', CAPACITY, 40);
    const suspended = await owner();
    await eventually(async () => (await users.document()).ready > 0, { every: 5 });
    suspended.pause();
    suspendedAt = Date.now();
    admitted = await admittedSoFar();
    // Nothing is projected: users admitted just before repeat their claims until there is a response.
    const claims = admitted.map(async (user) => {
      const answer = await users.claim(user);
      if (answer.ok) await users.complete(answer.body);
      else refused.push(user);
    });
    await eventually(async () => (await owner()) !== suspended, { within: 40_000 });
    await Promise.all(claims);
    const rest = users.runUntilAdmitted(60_000 + SUSPENDED_MS, admitted);
    await pause(Math.max(0, SUSPENDED_MS - (Date.now() - suspendedAt)));
    suspended.resume();
    await rest;
    history = await empty(users);
  }, 200_000);

  async function admittedSoFar(): Promise<readonly TestUser[]> {
    const known = new Set(
      new AdmissionHistory(await readEvents(installation), 'suspended').admissions.map(({ userId }) => userId),
    );
    return users.all.filter(({ userId }) => known.has(userId));
  }

  test('keeps the claim window of users admitted before it was suspended', () => {
    expect(admitted).toHaveLength(CAPACITY);
    expect(refused).toEqual([]);
  });

  test('admits each user once and in order', () => {
    expect(history.admittedTwice).toEqual([]);
    expect(history.order).toEqual(inOrderOfReceipts(users));
    expect(history.overCapacity).toEqual([]);
    expect(history.queue.called).toBe(0);
  });

  test('expires no entry whose state was not visible', () => {
    // No decision was made between the suspension and the first event of the other projector.
    const decided = history.steps.find(
      ({ timestamp, type }) => timestamp > suspendedAt + 1_000 && type !== 'AdmissionClaimed',
    );
    expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [[suspendedAt, decided?.timestamp ?? suspendedAt]])).toEqual(
      [],
    );
  });
});

describe('kill -9 of the owner while users wait and another projector stands by', () => {
  let users: TestUsers;
  let history: AdmissionHistory;
  let killedAt: number;

  beforeAll(async () => {
    users = await rush('killed', 10, 60);
    const coming = users.runUntilAdmitted(90_000);
    await eventually(async () => (await users.document()).admittedThrough > 0);
    const projector = await owner();
    await projector.kill9();
    killedAt = Date.now();
    await coming;
    history = await empty(users);
  }, 150_000);

  test('resumes admission within 10 seconds', () => {
    const next = history.steps.find(
      ({ timestamp, type }) => timestamp > killedAt && /TimePassed|EntriesAdmitted/.test(type),
    );
    expect((next?.timestamp ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThanOrEqual(10_000);
    const call = history.admissions.find(({ admittedAt }) => admittedAt > killedAt);
    expect((call?.admittedAt ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThanOrEqual(10_000);
  });

  test('admits every user who claims, once and in order', () => {
    expect([...users.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(history.order).toEqual(inOrderOfReceipts(users));
    expect(history.overCapacity).toEqual([]);
    expect(history.queue.called).toBe(0);
  });

  test('expires no entry for time in which its state was not visible', () => {
    const gaps = history.steps.flatMap(({ timestamp, type }, index): [number, number][] => {
      const next =
        history.steps.slice(index + 1).find((one) => one.type !== 'AdmissionClaimed')?.timestamp ?? timestamp;
      return type !== 'AdmissionClaimed' && timestamp <= killedAt + 1_000 && next >= killedAt
        ? [[timestamp, next]]
        : [];
    });
    expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, gaps)).toEqual([]);
  });
});
