import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { startDedicatedRedis } from '../support/dedicated-redis.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { Room } from './admission.fixtures.ts';
import { Visitors } from './admission-users.fixtures.ts';

const AWAY_MS = process.env['TEST_FORM'] === 'full' ? 30_000 : 8_000;
const CLAIM_WINDOW_S = 3;
const CAPACITY = 5;

describe(`Redis away for ${AWAY_MS / 1_000} s while people are READY, longer than their claim window`, () => {
  const concertId = 'rush';
  const resources = testResources();
  let installation: Installation;
  let visitors: Visitors;
  let room: Room;
  let away: readonly [from: number, to: number];

  beforeAll(async () => {
    const redis = resources.use(await startDedicatedRedis({ appendfsync: 'always' }));
    installation = resources.use(await Installation.create({ partitions: 1, redisUrl: redis.url }));
    const api = installation.apiOf(await installation.start());
    visitors = new Visitors(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await visitors.enter(CAPACITY * 3, 'fan', ['buys']);
    granted(await api.changeState(concertId, 'resume'));
    await eventually(async () => (await visitors.document()).ready === CAPACITY, { every: 10 });
    const from = Date.now();
    await redis.stop();
    await pause(AWAY_MS);
    await redis.restart();
    away = [from, Date.now()];
    await visitors.comeAndGo(60_000); // nobody has claimed so far: whoever was READY sees the view again and claims
    await eventually(async () => {
      const { ready, active } = await visitors.document();
      return ready + active === 0;
    });
    room = new Room(await expectStoredEqualsFold(installation), concertId);
  }, 150_000);

  test('lets them claim afterwards, and everyone else in their turn', () => {
    expect([...visitors.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
    expect(visitors.completed.size).toBe(CAPACITY * 3);
    expect(room.order).toEqual(visitors.all.map(({ offset }) => offset).toSorted((a, b) => a - b));
  });

  test('leaks no slot and calls nobody twice', () => {
    expect(room.calledTwice).toEqual([]);
    expect(room.overfull).toEqual([]);
    expect(room.queue.called).toBe(0);
    expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [away])).toEqual([]);
  });
});
