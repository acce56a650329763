import { beforeAll, describe, expect, test } from '@jest/globals';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const PARTITIONS = 4;
const concerts = Array.from({ length: 12 }, (_, number) => `concert-${number}`);
const PROJECTOR = { ROLES: 'projector' };

describe('two projectors', () => {
  const resources = testResources();
  let installation: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  let load: EntryLoad;
  let come: (name: string) => EntryLoad;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: PARTITIONS }));
    const [apiServer, ...projectors] = await Promise.all([
      installation.start({ ROLES: 'api' }),
      installation.start(PROJECTOR),
      installation.start(PROJECTOR),
    ]);
    [first, second] = projectors;
    const api = installation.apiOf(apiServer);
    await Promise.all(concerts.map(async (concertId) => granted(await api.configure(concertId))));
    await Promise.all(concerts.map(async (concertId) => granted(await api.changeState(concertId, 'pause'))));
    come = (name) => new EntryLoad(api, concerts, name).start(16, 5);
    load = come('user');
    await eventually(async () => (await owners()).size === 2, { within: 30_000 });
  }, 90_000);

  /** The number of partitions of each owner, by process id. */
  async function owners(): Promise<ReadonlyMap<number, number>> {
    const keys = new RedisKeys(installation.prefix);
    const owned = new Map<number, number>();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const owner = (await installation.redis.hget(keys.partition(partition), '@owner')) ?? '';
      const pid = Number(owner.slice(owner.lastIndexOf(':') + 1));
      owned.set(pid, (owned.get(pid) ?? 0) + 1);
    }
    return owned;
  }
  const owns = (server: ServerProcess, partitions: number): Promise<unknown> =>
    eventually(async () => (await owners()).get(server.pid ?? 0) === partitions, { within: 30_000, every: 100 });

  /** Expects that the load is served and every queue equals the fold; stops the load for the comparison, then starts another. */
  async function expectAllServed(): Promise<void> {
    const before = load.acknowledged.length;
    await eventually(() => load.acknowledged.length > before + 200);
    await load.stop();
    await expectStoredEqualsFold(installation);
    expect(load.wrong).toEqual([]);
    load = come(`after-${before}`);
  }

  /** Reports every queue whose head offset decreases. */
  async function watchHeads(): Promise<{ stop(): Promise<readonly string[]> }> {
    const keys = concerts.map((concertId) => new RedisKeys(installation.prefix).head(concertId));
    const look = () => Promise.all(keys.map((key) => installation.redis.hget(key, 'offset')));
    const fallen: string[] = [];
    let before = await look();
    let watching = true;
    const work = (async () => {
      while (watching) {
        const now = await look();
        now.forEach((offset, index) => {
          if (Number(offset) < Number(before[index])) fallen.push(`${concerts[index]}: ${before[index]} to ${offset}`);
        });
        before = now;
      }
    })();
    return {
      stop: async () => {
        watching = false;
        await work;
        return fallen;
      },
    };
  }

  test('share the partitions, and one takes all when the other stops', async () => {
    await owns(first, PARTITIONS / 2);
    expect(await second.stop()).toEqual({ status: 0, signal: null });
    await owns(first, PARTITIONS);
    await expectAllServed();
  }, 60_000);

  test('share the partitions again after a restart', async () => {
    second = await installation.start(PROJECTOR);
    await owns(second, PARTITIONS / 2);
    await expectAllServed();
  }, 60_000);

  test('do not conflict when one resumes after its session has expired', async () => {
    second.pause();
    await owns(first, PARTITIONS);
    await expectAllServed();
    const heads = await watchHeads();
    second.resume();
    // It tries to write its pending changes, detects the lost session and joins again.
    await owns(second, PARTITIONS / 2);
    expect(await heads.stop()).toEqual([]);
    await expectAllServed();
    expect([first.alive, second.alive]).toEqual([true, true]);
  }, 90_000);
});
