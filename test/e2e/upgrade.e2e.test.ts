/** Upgrade from a release that does not know an event type: projectors first, under load. */
import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import { buildWithFold, type OtherVersion } from '../support/next-version.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad, notInLog } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const PARTITIONS = 4;
const concerts = Array.from({ length: 8 }, (_, number) => `concert-${number}`);
const notice = { en: 'We open late.' };
const LONG = { within: 120_000, every: 100 };

describe('an installation of the previous release', () => {
  const resources = testResources();
  let installation: Installation;
  let previous: OtherVersion;
  let projectors: ServerProcess[];
  let previousApi: ServerProcess;
  let api: Api;
  let load: EntryLoad;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: PARTITIONS }));
    previous = await buildWithFold(FOLD_VERSION - 1, ['NoticePosted']);
    resources.defer(() => rm(previous.directory, { recursive: true, force: true }));
    previousApi = await start('api', previous.main); // compiles the copy for the others
    projectors = [await start('projector', previous.main), await start('projector', previous.main)];
    api = installation.apiOf(previousApi);
    for (const concertId of concerts) {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause'));
    }
    load = new EntryLoad(api, concerts, 'user').start(4, 20);
    await eventually(async () => (await owners()).size === 2, LONG);
  }, 300_000);

  /** Starts a process beside the load, which makes the start slow. */
  async function start(roles: string, main?: string): Promise<ServerProcess> {
    return (await installation.launch({ ROLES: roles }, main)).ready(LONG.within);
  }

  /** Process ids of the owners of the partitions. */
  async function owners(): Promise<ReadonlySet<number>> {
    const keys = new RedisKeys(installation.prefix);
    const names = Array.from({ length: PARTITIONS }, (_, partition) =>
      installation.redis.hget(keys.partition(partition), '@owner'),
    );
    return new Set((await Promise.all(names)).map((name) => Number(name?.slice(name.lastIndexOf(':') + 1))));
  }
  const own = (...servers: readonly ServerProcess[]) =>
    eventually(async () => {
      const pids = await owners();
      return pids.size === servers.length && servers.every(({ pid = 0 }) => pids.has(pid));
    }, LONG);
  const isServed = async () => {
    const before = load.accepted;
    await eventually(() => load.accepted > before + 100, LONG);
  };
  const letters = () => readTopic(installation, installation.names.deadLetterTopic);

  test('has no dead letter after its projectors are upgraded one after the other, then its API', async () => {
    const [first, second] = projectors;
    if (!first || !second) throw new Error('two projectors are needed');
    const third = await start('projector');
    expect(await first.stop()).toEqual({ status: 0, signal: null });
    await own(second, third);
    await isServed();
    const fourth = await start('projector');
    expect(await second.stop()).toEqual({ status: 0, signal: null });
    await own(third, fourth);
    await isServed();
    projectors = [third, fourth];

    api = installation.apiOf(await start('api'));
    load.api = api;
    expect(await previousApi.stop()).toEqual({ status: 0, signal: null });
    for (const concertId of concerts) expect((await api.postNotice(concertId, notice)).ok).toBe(true);
    for (const concertId of concerts)
      await eventually(async () => granted(await api.queue(concertId)).notice?.texts['en'] === notice.en, LONG);
    await isServed();
    const acknowledged = await load.stop();
    const events = await expectStoredEqualsFold(installation, 60_000);
    expect(notInLog(acknowledged, events)).toEqual([]);
    expect(load.wrong).toEqual([]);
    expect(await letters()).toEqual([]);
  }, 600_000);

  test('has a dead letter if a projector of the previous release reads the new event', async () => {
    await Promise.all(projectors.map((projector) => projector.stop()));
    const projector = await start('projector', previous.main);
    await own(projector);
    const [concertId = ''] = concerts;
    expect((await api.postNotice(concertId, { en: 'Lost.' })).ok).toBe(true);
    const [letter] = await eventually(async () => {
      const all = await letters();
      return all.length > 0 && all;
    }, LONG);
    expect(letter?.headers['dlt-error-code']?.toString()).toBe('FOREIGN_RECORD');
  }, 300_000);
});
