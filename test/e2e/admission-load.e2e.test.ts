import { beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const USERS = FULL ? 5_000 : 250;
const CAPACITY = 50;
const CLAIM_WINDOW_S = 2;
/** Tolerance for late events on a loaded machine. */
const SLACK_MS = 1_500;
const WITHIN_MS = FULL ? 600_000 : 90_000;

describe(`${USERS} users for ${CAPACITY} slots, of whom a third never claims and a third never completes`, () => {
  const concertId = 'rush';
  const resources = testResources();
  let installation: Installation;
  let users: TestUsers;
  let history: AdmissionHistory;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const api = installation.apiOf(await installation.start());
    users = new TestUsers(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 2 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await users.enter(USERS);
    granted(await api.changeState(concertId, 'resume'));
    await users.runUntilAdmitted(WITHIN_MS);
    await eventually(
      async () => {
        const { ready, active } = await users.document();
        return ready + active === 0;
      },
      { within: 30_000, every: 200 },
    );
    history = new AdmissionHistory(await expectStoredEqualsFold(installation), concertId);
  }, WITHIN_MS + 60_000);

  test('admits each user once, in the order of their receipts', () => {
    const receipts = users.all.map(({ offset }) => offset).toSorted((a, b) => a - b);
    expect(history.order).toEqual(receipts);
    expect(history.admittedTwice).toEqual([]);
  });

  test('gives an admission to every user who claims, and frees the slots of the others', () => {
    const refused = [...users.claims].filter(([, answer]) => !answer.ok);
    expect(refused).toEqual([]);
    const ends = new Map(history.admissions.map(({ userId, end }) => [userId, end]));
    const wrong = users.all.filter(
      ({ userId, behaviour }) => ends.get(userId) !== (behaviour === 'buys' ? 'COMPLETED' : 'EXPIRED'),
    );
    expect(wrong).toEqual([]);
  });

  test('never exceeds the capacity, after any event of the log', () => {
    expect(history.overCapacity).toEqual([]);
    expect(Math.max(...history.steps.map(({ admitted }) => admitted))).toBe(CAPACITY);
  });

  test('never pauses admission longer than one claim window', () => {
    expect(history.longestGapMs).toBeLessThanOrEqual(CLAIM_WINDOW_S * 1_000 + SLACK_MS);
  });

  test('expires no entry before its claim window ends', () => {
    expect(history.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [])).toEqual([]);
  });

  test('has every slot free at the end', () => {
    expect(history.queue.called).toBe(0);
    expect(history.queue.waiting).toBe(0);
  });
});
