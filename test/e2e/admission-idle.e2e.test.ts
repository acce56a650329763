import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type LoggedEvent, readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { inParallel } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const IDLE = process.env['TEST_FORM'] === 'full' ? 10_000 : 1_000;
const ACTIVE = 3;
const AT_ONCE = 64;

describe(`${IDLE} paused concerts with one waiting user each, and ${ACTIVE} active concerts`, () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  const idle = Array.from({ length: IDLE }, (_, number) => `quiet-${number}`);
  const active = Array.from({ length: ACTIVE }, (_, number) => `rush-${number}`);
  /** Events that admission control appended while the active concerts admitted users, by concert. */
  const decisions = new Map<string, number>();
  let histories: readonly TestUsers[];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    api = installation.apiOf(await installation.start(), AT_ONCE);
    await inParallel(idle, AT_ONCE, async (concertId) => {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause'));
      granted(await api.requestEntry(concertId, 'the-only-one'));
    });
    const known = new Set((await readEvents(installation)).map(nameOf));
    histories = active.map((concertId) => new TestUsers(api, concertId));
    await Promise.all(histories.map(rush));
    for (const logged of await expectStoredEqualsFold(installation, 60_000)) {
      const { event } = logged;
      const isDecision = event.type === 'TimePassed' || event.type === 'EntriesAdmitted';
      if (isDecision && !known.has(nameOf(logged)))
        decisions.set(event.concertId, (decisions.get(event.concertId) ?? 0) + 1);
    }
  }, 300_000);

  const nameOf = ({ record: { partition, offset } }: LoggedEvent): string => `${partition}/${offset}`;

  async function rush(users: TestUsers): Promise<void> {
    const windows = { claimWindowSeconds: 1, activeWindowSeconds: 1 };
    granted(await api.configure(users.concertId, { capacity: 5, admissionsPerMinute: 60_000, ...windows }));
    await users.enter(15);
    await users.runUntilAdmitted(60_000);
    await eventually(async () => {
      const { waiting, ready, active: inside } = await users.document();
      return waiting + ready + inside === 0;
    });
  }

  test('append no event for a paused concert', () => {
    expect([...decisions.keys()].toSorted()).toEqual(active);
  });

  test('append only a few events per user of an active concert', () => {
    for (const count of decisions.values()) expect(count).toBeLessThanOrEqual(15 * 3);
  });

  test('admit the users of the active concerts at their rate', () => {
    for (const { claims } of histories) expect([...claims].filter(([, answer]) => !answer.ok)).toEqual([]);
  });
});
