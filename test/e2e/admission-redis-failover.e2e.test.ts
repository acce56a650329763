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
import { Room } from './admission.fixtures.ts';
import { Visitors } from './admission-users.fixtures.ts';

const AWAY_MS = 6_000;
const CLAIM_WINDOW_S = 3;
const CAPACITY = 5;

/** The owner goes on saying that it lives, since the partition's record is elsewhere. */
describe(`the master of a queue away for ${AWAY_MS / 1_000} s while people are READY and nothing happens in it`, () => {
  const resources = testResources();
  let masters: readonly DedicatedRedis[];
  let installation: Installation;
  let visitors: Visitors;
  let room: Room;
  let away: readonly [from: number, to: number];

  beforeAll(async () => {
    masters = await startDedicatedRedisCluster();
    for (const master of masters) resources.use(master);
    const redisNodes = masters.map(({ port }) => `127.0.0.1:${port}`);
    installation = resources.use(await Installation.create({ partitions: 1, redisNodes }));
    const ofRecord = await masterOf(new RedisKeys(installation.prefix).partition(0), masters);
    const [concertId, master] = await elsewhere(ofRecord);
    const api = installation.apiOf(await installation.start());
    visitors = new Visitors(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await visitors.enter(CAPACITY * 2, 'fan', ['buys']);
    granted(await api.changeState(concertId, 'resume'));
    await eventually(async () => (await visitors.document()).ready === CAPACITY, { every: 10 });
    const from = Date.now();
    await master.kill9();
    await pause(AWAY_MS);
    await master.restart();
    away = [from, Date.now()];
    await visitors.comeAndGo(60_000);
    await eventually(async () => {
      const { ready, active } = await visitors.document();
      return ready + active === 0;
    });
    room = new Room(await expectStoredEqualsFold(installation), concertId);
  }, 150_000);

  async function elsewhere(than: DedicatedRedis): Promise<readonly [string, DedicatedRedis]> {
    for (let number = 0; ; number++) {
      const master = await masterOf(`rush-${number}`, masters);
      if (master !== than) return [`rush-${number}`, master];
    }
  }

  test('lets them claim afterwards: nobody expired for time in which they could not be told', () => {
    expect([...visitors.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(visitors.completed.size).toBe(CAPACITY * 2);
    expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [away])).toEqual([]);
  });
});
