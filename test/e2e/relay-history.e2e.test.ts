import { beforeEach, expect, test } from '@jest/globals';
import { brokenPromises } from '../history/check-history.ts';
import { STACK_PARAMETERS, seedOfThisRun } from '../history/parameters.ts';
import { stackHistory } from '../history/stack-history.ts';
import { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import type { Installation } from '../support/installation.ts';
import { SampleShop } from '../support/sample-shop.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';

const seed = seedOfThisRun();
const WISHES = 100;
const concerts = ['open-air', 'spring-tour'];
const ofTest = resourcesOfEachTest();
let database: TestDatabase;
let shop: SampleShop;
beforeEach(async () => {
  database = ofTest().use(await TestDatabase.create());
});

/** The shop enters simulated and other users, rolls back some transactions, and the relay is killed twice. */
async function enterThroughOutbox(installation: Installation): Promise<void> {
  const settings = { ROLES: 'relay', DATABASE_URL: database.url };
  let relay = await installation.start(settings);
  shop = await eventually(() => SampleShop.open(database));
  for (let number = 0; number < WISHES; number++) {
    const userId = number % 2 === 0 ? `fan-${number % 30}` : `customer-${number}`;
    await shop.wish(concerts[number % 3 === 0 ? 0 : 1] ?? '', userId, number % 5 === 4);
    if (number % 50 !== 30) continue;
    await relay.kill9();
    relay = await installation.start(settings);
  }
  await shop.allPublished();
}

test(`simulated users see every promise kept while the API and the outbox accept entries (HISTORY_SEED=${seed})`, async () => {
  const history = await stackHistory(seed, STACK_PARAMETERS, { alongside: enterThroughOutbox });
  expect(brokenPromises(history)).toEqual(new Map());
  const rows = await shop.rows();
  const requests = new Map(history.log.map(({ partition, offset, event }) => [`${partition}/${offset}`, event]));
  for (const { user_id, entry_id, partition, offset } of rows)
    expect(requests.get(`${partition}/${offset}`)).toMatchObject({ userId: user_id, entryId: entry_id });
  expect(rows).toHaveLength(WISHES * 0.8);
}, 180_000);
