import { beforeAll, describe, expect, test } from '@jest/globals';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { foldedRecords, loggedRecords } from '../support/progress.ts';
import { verifyAll, withReplay } from '../support/replay.ts';
import { EntryLoad, inParallel } from '../support/simulated-users.ts';
import { testResources } from '../support/test-resources.ts';

const concerts = ['north', 'south', 'east', 'west'];
const USERS_EACH = 1_500; // more than one chunk of a view each

describe('verifying views on a running system', () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    api = installation.apiOf(await installation.start());
    for (const concertId of concerts) {
      granted(await api.configure(concertId, { admissionsPerMinute: 600, claimWindowSeconds: 2 }));
    }
    const load = new EntryLoad(api, concerts, 'early');
    const requests = concerts.flatMap((id) =>
      Array.from({ length: USERS_EACH }, (_, n) => [id, `early-${n}`] as const),
    );
    await inParallel(requests, 64, ([concertId, userId]) => load.enter(concertId, userId));
  }, 90_000);

  test('reports no difference while users enter, are admitted and expire', async () => {
    const load = new EntryLoad(api, concerts, 'late').start(8, 5);
    try {
      const before = await foldedRecords(installation);
      for (let round = 0; round < 3; round++) {
        const verdicts = await verifyAll(installation);
        expect(verdicts.flatMap(({ findings }) => findings)).toEqual([]);
        expect(verdicts.reduce((sum, { concerts }) => sum + concerts, 0)).toBe(concerts.length);
        expect(verdicts.reduce((sum, { entries }) => sum + entries, 0)).toBeGreaterThanOrEqual(
          concerts.length * USERS_EACH,
        );
      }
      expect(await foldedRecords(installation)).toBeGreaterThan(before);
    } finally {
      await load.stop();
    }
    expect(load.wrong).toEqual([]);
  }, 60_000);

  test('finds a manually changed field, and shows the stored and the expected value', async () => {
    const keys = new RedisKeys(installation.prefix);
    await eventually(async () => (await foldedRecords(installation)) === (await loggedRecords(installation)));
    granted(await api.changeState('east', 'pause'));
    const generation = (await installation.redis.hget(keys.head('east'), 'generation')) ?? '';
    const entries = keys.entries('east', generation);
    const [entry, other] = [await installation.redis.hget(entries, 'early-1499'), 'another-entry'];
    await installation.redis.hset(entries, 'early-1499', `${entry?.split(' ')[0]} ${other}`);
    const verdicts = await verifyAll(installation);
    expect(verdicts.flatMap(({ findings }) => findings)).toEqual([
      expect.objectContaining({
        kind: 'difference',
        concertId: 'east',
        difference: { field: 'lives.early-1499.entryId', stored: other, folded: entry?.slice(entry.indexOf(' ') + 1) },
      }),
    ]);
    expect((await verifyAll(installation, 'west')).flatMap(({ findings }) => findings)).toEqual([]);
    await installation.redis.hset(entries, 'early-1499', entry ?? '');
    expect((await verifyAll(installation, 'east')).flatMap(({ findings }) => findings)).toEqual([]);
  }, 60_000);

  test('finds a changed place in the waiting order', async () => {
    const keys = new RedisKeys(installation.prefix);
    const generation = (await installation.redis.hget(keys.head('east'), 'generation')) ?? '';
    const line = keys.waiting('east', generation);
    const place = (await installation.redis.zscore(line, 'early-1498')) ?? '';
    await installation.redis.zadd(line, 0, 'early-1498');
    const verdicts = await verifyAll(installation, 'east');
    expect(verdicts.flatMap(({ findings }) => findings)).toEqual([
      expect.objectContaining({
        difference: { field: 'waiting.early-1498.place', stored: 0, folded: Number(place) },
      }),
    ]);
    await installation.redis.zadd(line, place, 'early-1498');
  }, 60_000);

  test('finds a view of a concert that was never configured', async () => {
    expect((await verifyAll(installation, 'nowhere')).flatMap(({ findings }) => findings)).toEqual([
      expect.objectContaining({ kind: 'unknown', concertId: 'nowhere' }),
    ]);
  });

  test('shows each current partition with its owner and dead letters', async () => {
    await eventually(async () => (await foldedRecords(installation)) === (await loggedRecords(installation)));
    const status = await withReplay(installation, async (tools) => (await tools.status()).look());
    expect(status.map(({ state, deadLetters }) => ({ state, deadLetters }))).toEqual(
      [0, 1].map(() => ({ state: 'current', deadLetters: 0 })),
    );
    expect(Math.max(...status.map(({ lagSeconds }) => lagSeconds))).toBeLessThan(2);
    expect(status.reduce((sum, { concerts }) => sum + concerts, 0)).toBe(concerts.length);
    expect(status[0]?.owner).toMatch(/:\d+$/);
  }, 30_000);

  test('shows partitions without a projector as stuck, with their lag', async () => {
    await installation.stop();
    const status = await eventually(
      async () => {
        const looked = await withReplay(installation, async (tools) => (await tools.status()).look());
        return looked.every(({ reason = '' }) => reason.startsWith('the owner has not written')) && looked;
      },
      { within: 20_000, every: 500 },
    );
    expect(status[0]).toMatchObject({ state: 'stuck', reason: expect.stringMatching(/has not written for \d+ s/) });
  }, 30_000);
});
