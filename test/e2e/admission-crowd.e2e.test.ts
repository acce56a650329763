import { beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { Room } from './admission.fixtures.ts';
import { Visitors } from './admission-users.fixtures.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const USERS = FULL ? 5_000 : 250;
const CAPACITY = 50;
const CLAIM_WINDOW_S = 2;
/** On a busy machine an event may come later than it could. */
const SLACK_MS = 1_500;
const WITHIN_MS = FULL ? 600_000 : 90_000;

describe(`${USERS} visitors of a room for ${CAPACITY}, of whom a third never claims and a third never completes`, () => {
  const concertId = 'rush';
  const resources = testResources();
  let installation: Installation;
  let visitors: Visitors;
  let room: Room;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const api = installation.apiOf(await installation.start());
    visitors = new Visitors(api, concertId);
    const windows = { claimWindowSeconds: CLAIM_WINDOW_S, activeWindowSeconds: 2 };
    granted(await api.configure(concertId, { capacity: CAPACITY, admissionsPerMinute: 60_000, ...windows }));
    granted(await api.changeState(concertId, 'pause'));
    await visitors.enter(USERS);
    granted(await api.changeState(concertId, 'resume'));
    await visitors.comeAndGo(WITHIN_MS);
    await eventually(
      async () => {
        const { ready, active } = await visitors.document();
        return ready + active === 0;
      },
      { within: 30_000, every: 200 },
    );
    room = new Room(await expectStoredEqualsFold(installation), concertId);
  }, WITHIN_MS + 60_000);

  test('calls each of them once, in the order of their receipts', () => {
    const receipts = visitors.all.map(({ offset }) => offset).toSorted((a, b) => a - b);
    expect(room.order).toEqual(receipts);
    expect(room.calledTwice).toEqual([]);
  });

  test('lets in everyone who claims when called, and takes back the slot of everyone else', () => {
    const refused = [...visitors.claims].filter(([, answer]) => !answer.ok);
    expect(refused).toEqual([]);
    const ends = new Map(room.calls.map(({ userId, end }) => [userId, end]));
    const wrong = visitors.all.filter(
      ({ userId, habit }) => ends.get(userId) !== (habit === 'buys' ? 'COMPLETED' : 'EXPIRED'),
    );
    expect(wrong).toEqual([]);
  });

  test('never has more in the room than its capacity, at no event of the log', () => {
    expect(room.overfull).toEqual([]);
    expect(Math.max(...room.moments.map(({ called }) => called))).toBe(CAPACITY);
  });

  test('never stands still longer than one claim window', () => {
    expect(room.longestStandstillMs).toBeLessThanOrEqual(CLAIM_WINDOW_S * 1_000 + SLACK_MS);
  });

  test('expires nobody before their claim window is over', () => {
    expect(room.expiredTooEarly(CLAIM_WINDOW_S * 1_000, [])).toEqual([]);
  });

  test('has every slot free at the end', () => {
    expect(room.queue.called).toBe(0);
    expect(room.queue.waiting).toBe(0);
  });
});
