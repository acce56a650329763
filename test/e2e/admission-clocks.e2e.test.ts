import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { Room } from './admission.fixtures.ts';
import { Visitors } from './admission-users.fixtures.ts';

const HOUR_MS = 3_600_000;
const CLAIM_WINDOW_S = 2;
const SLACK_MS = 2_500;
const USERS = 24;
const SHIFTED = `--import ${join(import.meta.dirname, '..', 'support', 'shifted-clock.mjs')}`;

describe('two admitters, the clock of one an hour ahead and that of the other an hour back', () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  let rooms: readonly { readonly visitors: Visitors; readonly room: Room }[];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const admitter = { ROLES: 'projector', NODE_OPTIONS: SHIFTED };
    const [door] = await Promise.all([
      installation.start({ ROLES: 'api' }),
      installation.start({ ...admitter, CLOCK_SHIFT_MS: `${HOUR_MS}` }),
      installation.start({ ...admitter, CLOCK_SHIFT_MS: `${-HOUR_MS}` }),
    ]);
    api = installation.apiOf(door);
    await eventually(async () => (await shifts()).toSorted((a, b) => a - b).join() === '-1,1', { within: 20_000 });
    // One concert in each partition, so that each of the two admits one.
    const names = Array.from({ length: 20 }, (_, number) => `rush-${number}`);
    const concerts = [0, 1].map(
      (partition) => names.find((name) => installation.partitionOf(name) === partition) ?? '',
    );
    rooms = await Promise.all(concerts.map(rush));
  }, 120_000);

  /** By how many hours the clock of each partition's owner is off, as it wrote the record. */
  function shifts(): Promise<number[]> {
    const hours = [0, 1].map(async (partition) => {
      const writtenAt = await installation.redis.hget(`${installation.prefix}partition:${partition}`, '@writtenAt');
      return Math.round((Number(writtenAt) - Date.now()) / HOUR_MS);
    });
    return Promise.all(hours);
  }

  async function rush(concertId: string): Promise<{ visitors: Visitors; room: Room }> {
    const visitors = new Visitors(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 3 };
    granted(await api.configure(concertId, { capacity: 5, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await visitors.enter(USERS);
    granted(await api.changeState(concertId, 'resume'));
    await visitors.comeAndGo(60_000);
    await eventually(
      async () => {
        const { ready, active } = await visitors.document();
        return ready + active === 0;
      },
      { within: 20_000, every: 100 },
    );
    return { visitors, room: new Room(await expectStoredEqualsFold(installation), concertId) };
  }

  test('call everyone, once and in order', () => {
    for (const { visitors, room } of rooms) {
      expect(room.order).toEqual(visitors.all.map(({ offset }) => offset).toSorted((a, b) => a - b));
      expect(room.calledTwice).toEqual([]);
      expect(room.overfull).toEqual([]);
    }
  });

  test('expire nobody before their time, and everybody soon after it', () => {
    for (const { visitors, room } of rooms) {
      expect([...visitors.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
      expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [])).toEqual([]);
      expect(room.longestStandstillMs).toBeLessThanOrEqual(CLAIM_WINDOW_S * 1_000 + SLACK_MS);
      expect(room.queue.called).toBe(0);
    }
  });
});
