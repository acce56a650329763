import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { startDedicatedRedis } from '../support/dedicated-redis.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const OUTAGE_MS = process.env['TEST_FORM'] === 'full' ? 30_000 : 8_000;
const CLAIM_WINDOW_S = 3;
const CAPACITY = 5;

describe(`Redis unavailable for ${OUTAGE_MS / 1_000} s, longer than the claim window, while entries are READY`, () => {
  const concertId = 'rush';
  const resources = testResources();
  let installation: Installation;
  let users: TestUsers;
  let history: AdmissionHistory;
  let outage: readonly [from: number, to: number];

  beforeAll(async () => {
    const redis = resources.use(await startDedicatedRedis({ appendfsync: 'always' }));
    installation = resources.use(await Installation.create({ partitions: 1, redisUrl: redis.url }));
    const api = installation.apiOf(await installation.start());
    users = new TestUsers(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await users.enter(CAPACITY * 3, 'fan', ['buys']);
    granted(await api.changeState(concertId, 'resume'));
    await eventually(async () => (await users.document()).ready === CAPACITY, { every: 10 });
    const from = Date.now();
    await redis.stop();
    await pause(OUTAGE_MS);
    await redis.restart();
    outage = [from, Date.now()];
    await users.runUntilAdmitted(60_000); // no user has claimed so far: the READY ones see the view again and claim
    await eventually(async () => {
      const { ready, active } = await users.document();
      return ready + active === 0;
    });
    history = new AdmissionHistory(await expectStoredEqualsFold(installation), concertId);
  }, 150_000);

  test('lets the users claim afterwards, and the others in order', () => {
    expect([...users.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(users.completed.size).toBe(CAPACITY * 3);
    expect(history.order).toEqual(users.all.map(({ offset }) => offset).toSorted((a, b) => a - b));
  });

  test('leaks no slot and admits no user twice', () => {
    expect(history.admittedTwice).toEqual([]);
    expect(history.overCapacity).toEqual([]);
    expect(history.queue.called).toBe(0);
    expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [outage])).toEqual([]);
  });
});
