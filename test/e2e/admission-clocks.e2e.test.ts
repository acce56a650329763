import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const HOUR_MS = 3_600_000;
const CLAIM_WINDOW_S = 2;
const SLACK_MS = 2_500;
const USERS = 24;
const SHIFTED = `--import ${join(import.meta.dirname, '..', 'support', 'shifted-clock.mjs')}`;

describe('two projectors with clocks an hour ahead and an hour behind', () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  let histories: readonly { readonly users: TestUsers; readonly history: AdmissionHistory }[];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const projector = { ROLES: 'projector', NODE_OPTIONS: SHIFTED };
    const [apiServer] = await Promise.all([
      installation.start({ ROLES: 'api' }),
      installation.start({ ...projector, CLOCK_SHIFT_MS: `${HOUR_MS}` }),
      installation.start({ ...projector, CLOCK_SHIFT_MS: `${-HOUR_MS}` }),
    ]);
    api = installation.apiOf(apiServer);
    await eventually(async () => (await shifts()).toSorted((a, b) => a - b).join() === '-1,1', { within: 20_000 });
    // One concert in each partition, so that each projector admits users of one.
    const names = Array.from({ length: 20 }, (_, number) => `rush-${number}`);
    const concerts = [0, 1].map(
      (partition) => names.find((name) => installation.partitionOf(name) === partition) ?? '',
    );
    histories = await Promise.all(concerts.map(rush));
  }, 120_000);

  /** Clock offset in hours of the owner of each partition, from its checkpoint. */
  function shifts(): Promise<number[]> {
    const hours = [0, 1].map(async (partition) => {
      const writtenAt = await installation.redis.hget(`${installation.prefix}partition:${partition}`, '@writtenAt');
      return Math.round((Number(writtenAt) - Date.now()) / HOUR_MS);
    });
    return Promise.all(hours);
  }

  async function rush(concertId: string): Promise<{ users: TestUsers; history: AdmissionHistory }> {
    const users = new TestUsers(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 3 };
    granted(await api.configure(concertId, { capacity: 5, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await users.enter(USERS);
    granted(await api.changeState(concertId, 'resume'));
    await users.runUntilAdmitted(60_000);
    await eventually(
      async () => {
        const { ready, active } = await users.document();
        return ready + active === 0;
      },
      { within: 20_000, every: 100 },
    );
    return { users, history: new AdmissionHistory(await expectStoredEqualsFold(installation), concertId) };
  }

  test('admit every user once, in order', () => {
    for (const { users, history } of histories) {
      expect(history.order).toEqual(users.all.map(({ offset }) => offset).toSorted((a, b) => a - b));
      expect(history.admittedTwice).toEqual([]);
      expect(history.overCapacity).toEqual([]);
    }
  });

  test('expire entries soon after their deadlines, and none before', () => {
    for (const { users, history } of histories) {
      expect([...users.claims].filter(([, answer]) => !answer.ok)).toEqual([]);
      expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [])).toEqual([]);
      expect(history.longestGapMs).toBeLessThanOrEqual(CLAIM_WINDOW_S * 1_000 + SLACK_MS);
      expect(history.queue.called).toBe(0);
    }
  });
});

describe.each([
  ['ahead', 15],
  ['behind', -15],
])('an API whose clock is a quarter of an hour %s', (_, minutes) => {
  const resources = testResources();
  let api: Api;
  const C = 'seoul';
  const entries = `/v1/concerts/${C}/queue/entries`;

  beforeAll(async () => {
    const installation = resources.use(await Installation.create({ partitions: 1 }));
    const [server] = await Promise.all([
      installation.start({ ROLES: 'api', NODE_OPTIONS: SHIFTED, CLOCK_SHIFT_MS: `${minutes * 60_000}` }),
      installation.start({ ROLES: 'projector' }),
    ]);
    api = installation.apiOf(server);
    granted(await api.configure(C, { capacity: 5, activeWindowSeconds: 600 }));
  }, 120_000);

  test('admits a user for as long as the log says', async () => {
    const { entryToken } = granted(await api.requestEntry(C, 'ann'));
    const claim = () => api.ask<{ admissionToken: string }>('POST', `${entries}/me/claim`, { token: entryToken });
    const { admissionToken } = await eventually(async () => {
      const answer = await claim();
      return answer.ok && answer.body;
    });
    granted(await claim());
    expect((await api.ask('GET', '/v1/admissions/verify', { token: admissionToken })).status).toBe(204);
  });

  test('neither rejects users after the opening nor accepts them long before it', async () => {
    const opensAt = (ms: number) => ({ opensAt: new Date(Date.now() + ms).toISOString() });
    granted(await api.configure('later', opensAt(10 * 60_000)));
    granted(await api.configure('open', opensAt(1_000)));
    const later = await api.requestEntry('later', 'bo');
    expect(later).toMatchObject({ ok: false, body: { code: 'QUEUE_NOT_OPEN' } });
    await eventually(async () => granted(await api.queue('open')).state === 'OPEN');
    expect((await api.requestEntry('open', 'bo')).status).toBe(202);
  });
});
