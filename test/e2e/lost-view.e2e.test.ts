import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HmacEntryTokens } from '../../src/infrastructure/driven/tokens/entry-token.hmac.ts';
import { type Api, granted } from '../support/api.ts';
import { type DedicatedRedis, startDedicatedRedis } from '../support/dedicated-redis.ts';
import { eventually } from '../support/eventually.ts';
import { foldEvents, readEvents, stateOf } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import { projected } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad, inParallel } from '../support/simulated-users.ts';
import { expectStoredEqualsFold, storedQueues } from '../support/stored-state.ts';
import { resourcesOfEachTest, testResources } from '../support/test-resources.ts';

const EVENTS = process.env['TEST_FORM'] === 'full' ? 200_000 : 50_000;
const HEALED_WITHIN_MS = 10_000;
const quiet = Array.from({ length: 10 }, (_, number) => `quiet-${number}`);
const busy = ['busy-0', 'busy-1'];
const AOF = join('appendonlydir', 'appendonly.aof.1.incr.aof');

interface ExpectedQueue {
  readonly state: string;
  readonly waiting: readonly string[];
}

describe(`with ${EVENTS} events in the log and users entering other concerts`, () => {
  const resources = testResources();
  const ofTest = resourcesOfEachTest();
  let redis: DedicatedRedis;
  let installation: Installation;
  let projector: ServerProcess;
  let api: Api;
  let load: EntryLoad;
  const expected = new Map<string, ExpectedQueue>();
  /** Entry tokens and expected positions of some users of each idle concert. */
  const samples: { concertId: string; token: string; position: number }[] = [];

  beforeAll(async () => {
    redis = resources.use(await startDedicatedRedis());
    installation = resources.use(await Installation.create({ partitions: 4, redisUrl: redis.url }));
    projector = await installation.start({ ROLES: 'projector' });
    api = installation.apiOf(await installation.start({ ROLES: 'api' }));
    await inParallel([...quiet, ...busy], 4, async (concertId) => {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause')); // no user is admitted, so positions do not change
    });
    const requests = Array.from({ length: EVENTS }, (_, n) => asksFor(quiet[n % quiet.length] ?? '', `user-${n}`));
    await writeRecords(installation, await recordsOf(installation, requests));
    const tokens = new HmacEntryTokens([installation.tokenSecret]);
    for (const [concertId, queue] of foldEvents(await readEvents(installation))) {
      if (!quiet.includes(concertId)) continue;
      const front = [...queue.waitingEntries()];
      expected.set(concertId, { state: stateOf(queue), waiting: front.map(({ userId }) => userId) });
      const partition = installation.partitionOf(concertId);
      front.forEach(({ userId, offset }, index) => {
        if (index % 250 > 0) return;
        const token = tokens.sign({ userId, concertId, partition, offset });
        samples.push({ concertId, token, position: index + 1 });
      });
    }
    await projected(installation, 60_000);
  }, 150_000);
  beforeEach(async () => {
    load = new EntryLoad(api, busy, `user-${Date.now()}`).start(8, 10);
    ofTest().defer(async () => void (await load.stop()));
    await eventually(() => load.acknowledged.length > 100);
  });

  /** Throws unless every position of the idle concerts is correct in the view and, for the samples, in the API. */
  async function expectCorrectPositions(): Promise<void> {
    const stored = await storedQueues(installation, (concertId) => expected.has(concertId));
    for (const [concertId, { state, waiting }] of expected) {
      const queue = stored.get(concertId);
      if (queue?.state !== state || queue.waiting.join() !== waiting.join())
        throw new Error(`${concertId} is incomplete`);
    }
    await inParallel(samples, 16, async ({ concertId, token, position }) => {
      const entry = granted(await api.myEntry(concertId, token));
      if (entry.position !== position)
        throw new Error(`${entry.userId} has position ${entry.position}, not ${position}`);
    });
  }

  /** No request was repeated or rejected, and every accepted one is in the log. */
  async function expectNoEffectOnUsers(): Promise<void> {
    const acknowledged = await load.stop();
    expect(load.wrong).toEqual([]);
    expect([...load.repeats]).toEqual([]);
    const events = await expectStoredEqualsFold(installation);
    const users = new Set(events.flatMap(({ event }) => (event.type === 'QueueEntryRequested' ? [event.userId] : [])));
    expect(acknowledged.filter(({ userId }) => !users.has(userId))).toEqual([]);
  }

  /** Reads an idle queue until it is restored: the responses must be correct or 503, never 404. */
  function watch(concertId: string): { stop(): Promise<ReadonlySet<number>> } {
    const statuses = new Set<number>();
    let watching = true;
    const [sample] = samples.filter((one) => one.concertId === concertId);
    const work = (async () => {
      while (watching) {
        statuses.add((await api.queue(concertId)).status);
        const entry = await api.myEntry(concertId, sample?.token ?? '');
        statuses.add(entry.status);
        if (entry.ok && entry.body.position !== sample?.position) statuses.add(entry.body.position ?? 0);
      }
    })();
    return {
      stop: async () => {
        watching = false;
        await work;
        return statuses;
      },
    };
  }

  const onlyOf = (statuses: ReadonlySet<number>, ...allowed: number[]): number[] =>
    [...statuses].filter((status) => !allowed.includes(status));

  test('restores a flushed Redis without a command, and loses no request', async () => {
    const watcher = watch('quiet-3');
    await installation.redis.flushall();
    await eventually(expectCorrectPositions, { within: HEALED_WITHIN_MS, every: 100 });
    expect(onlyOf(await watcher.stop(), 200, 503)).toEqual([]);
    await expectNoEffectOnUsers();
  }, 60_000);

  test('restores the deleted keys of an idle concert', async () => {
    const watcher = watch('quiet-7');
    const keys = await installation.redis.keys(`${installation.prefix}queue:{quiet-7}:*`);
    expect(keys.length).toBeGreaterThan(1);
    await installation.redis.del(...keys);
    await eventually(expectCorrectPositions, { within: HEALED_WITHIN_MS, every: 100 });
    expect(onlyOf(await watcher.stop(), 200, 503)).toEqual([]);
    await expectNoEffectOnUsers();
  }, 60_000);

  test('repairs a Redis that lost its last two seconds while the projector was down', async () => {
    const aof = join(redis.dataDirectory, AOF);
    const { size } = await stat(aof);
    const [at, before] = [performance.now(), load.acknowledged.length];
    await eventually(() => performance.now() - at > 2_000 && load.acknowledged.length > before + 50);
    await Promise.all([projector.kill9(), redis.kill9()]);
    expect((await stat(aof)).size).toBeGreaterThan(size);
    await truncate(aof, size); // as if the disk lost its cache
    await redis.restart();
    projector = await installation.start({ ROLES: 'projector' });
    await eventually(expectCorrectPositions, { within: HEALED_WITHIN_MS, every: 100 });
    await expectNoEffectOnUsers();
  }, 90_000);
});
