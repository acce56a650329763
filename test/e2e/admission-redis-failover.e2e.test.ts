import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { granted } from '../support/api.ts';
import type { DedicatedRedis } from '../support/dedicated-redis.ts';
import { masterOf, startDedicatedRedisCluster } from '../support/dedicated-redis-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const OUTAGE_MS = 6_000;
const CLAIM_WINDOW_S = 3;
const CAPACITY = 5;

/** The owner continues its heartbeat, since the checkpoint of the partition is on another master. */
describe(`the Redis master of a queue unavailable for ${OUTAGE_MS / 1_000} s while its entries are READY`, () => {
  const resources = testResources();
  let masters: readonly DedicatedRedis[];
  let installation: Installation;
  let users: TestUsers;
  let history: AdmissionHistory;
  let outage: readonly [from: number, to: number];

  beforeAll(async () => {
    masters = await startDedicatedRedisCluster();
    for (const master of masters) resources.use(master);
    const redisNodes = masters.map(({ port }) => `127.0.0.1:${port}`);
    installation = resources.use(await Installation.create({ partitions: 1, redisNodes }));
    const ofRecord = await masterOf(new RedisKeys(installation.prefix).partition(0), masters);
    const [concertId, master] = await elsewhere(ofRecord);
    const api = installation.apiOf(await installation.start());
    users = new TestUsers(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await users.enter(CAPACITY * 2, 'fan', ['buys']);
    granted(await api.changeState(concertId, 'resume'));
    await eventually(async () => (await users.document()).ready === CAPACITY, { every: 10 });
    const from = Date.now();
    await master.kill9();
    await pause(OUTAGE_MS);
    await master.restart();
    outage = [from, Date.now()];
    await users.runUntilAdmitted(60_000);
    await eventually(async () => {
      const { ready, active } = await users.document();
      return ready + active === 0;
    });
    history = new AdmissionHistory(await expectStoredEqualsFold(installation), concertId);
  }, 150_000);

  async function elsewhere(than: DedicatedRedis): Promise<readonly [string, DedicatedRedis]> {
    for (let number = 0; ; number++) {
      const master = await masterOf(`rush-${number}`, masters);
      if (master !== than) return [`rush-${number}`, master];
    }
  }

  test('lets the users claim afterwards: no entry expires for time in which its state was not visible', () => {
    expect([...users.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(users.completed.size).toBe(CAPACITY * 2);
    expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [outage])).toEqual([]);
  });
});
