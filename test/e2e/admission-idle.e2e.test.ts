import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type LoggedEvent, readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { inParallel } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { Visitors } from './admission-users.fixtures.ts';

const IDLE = process.env['TEST_FORM'] === 'full' ? 10_000 : 1_000;
const ACTIVE = 3;
const AT_ONCE = 64;

describe(`${IDLE} concerts in which one waits and nothing can be done, and ${ACTIVE} in which there can`, () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  const idle = Array.from({ length: IDLE }, (_, number) => `quiet-${number}`);
  const active = Array.from({ length: ACTIVE }, (_, number) => `rush-${number}`);
  /** What admission control added to the log while the active ones were at work, by concert. */
  const decisions = new Map<string, number>();
  let rooms: readonly Visitors[];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    api = installation.apiOf(await installation.start(), AT_ONCE);
    await inParallel(idle, AT_ONCE, async (concertId) => {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause'));
      granted(await api.requestEntry(concertId, 'the-only-one'));
    });
    const known = new Set((await readEvents(installation)).map(nameOf));
    rooms = active.map((concertId) => new Visitors(api, concertId));
    await Promise.all(rooms.map(rush));
    for (const logged of await expectStoredEqualsFold(installation, 60_000)) {
      const { event } = logged;
      const isDecision = event.type === 'TimePassed' || event.type === 'EntriesAdmitted';
      if (isDecision && !known.has(nameOf(logged)))
        decisions.set(event.concertId, (decisions.get(event.concertId) ?? 0) + 1);
    }
  }, 300_000);

  const nameOf = ({ record: { partition, offset } }: LoggedEvent): string => `${partition}/${offset}`;

  async function rush(visitors: Visitors): Promise<void> {
    const windows = { claimWindowSeconds: 1, activeWindowSeconds: 1 };
    granted(await api.configure(visitors.concertId, { capacity: 5, admissionsPerMinute: 60_000, ...windows }));
    await visitors.enter(15);
    await visitors.comeAndGo(60_000);
    await eventually(async () => {
      const { waiting, ready, active: inside } = await visitors.document();
      return waiting + ready + inside === 0;
    });
  }

  test('cost the log not one event for those that cannot act', () => {
    expect([...decisions.keys()].toSorted()).toEqual(active);
  });

  test('cost those that can no more than a few events a visitor', () => {
    for (const count of decisions.values()) expect(count).toBeLessThanOrEqual(15 * 3);
  });

  test('let those that can act at their pace', () => {
    for (const { claims } of rooms) expect([...claims].filter(([, answer]) => !answer.ok)).toEqual([]);
  });
});
