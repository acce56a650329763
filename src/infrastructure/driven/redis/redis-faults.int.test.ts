import { readdirSync, statSync, truncateSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type DedicatedRedis, startDedicatedRedis } from '../../../../test/support/dedicated-redis.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import type { QueueViewUnderTest } from '../../../application/ports/queue-view.fixtures.ts';
import { isCalled, newGeneration, ReferenceView, waits } from '../../../application/ports/queue-view-model.contract.ts';
import { connectRedis, untilReady } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisQueueViewReader } from './redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from './redis-queue-view-writer.ts';
import { viewOn } from './redis-view.fixtures.ts';

const UNAVAILABLE = { code: 'PROJECTION_UNAVAILABLE', retryAfterSeconds: 1 };

describe('the view when Redis fails', () => {
  let redis: DedicatedRedis;
  let view: QueueViewUnderTest;
  let admin: Redis;
  let model: ReferenceView;

  beforeEach(async () => {
    redis = await startDedicatedRedis({ 'key-load-delay': '200' }); // microseconds: loading the file takes a while
    admin = new Redis(redis.url, { maxRetriesPerRequest: null });
    admin.on('error', () => undefined); // the tests kill the server
    view = await viewOn({ url: redis.url }, '');
    model = new ReferenceView([waits('ann', 1), waits('bo', 2)]);
    await view.writer.activate(model.completion(), undefined);
  });
  afterEach(async () => {
    await admin.ping(); // a client that is closed while it reconnects leaves a timer behind
    admin.disconnect();
    try {
      await view.close();
    } finally {
      await redis.close();
    }
  });

  const readEntry = () => view.reader.entry(model.concertId, 'bo');

  test('loads its scripts again after SCRIPT FLUSH', async () => {
    await Promise.all([view.writer.advance(model.step()), readEntry()]);
    await admin.script('FLUSH');
    const results = await Promise.all([...Array.from({ length: 20 }, readEntry), view.writer.advance(model.step())]);
    expect(results).toHaveLength(21);
    expect(await view.writer.damaged(new Map([[model.concertId, model.head]]))).toEqual([]);
  });

  test('is empty after FLUSHALL, and reported as damaged', async () => {
    await admin.flushall();
    expect(await readEntry()).toBeUndefined();
    expect(await view.writer.damaged(new Map([[model.concertId, model.head]]))).toEqual([model.concertId]);
    await expect(view.writer.advance(model.step())).resolves.toEqual({ is: 'behind', head: undefined });
  });

  test('rejects calls at once when Redis is killed, and works again after a restart', async () => {
    redis.pause();
    const inFlight = [msUntilRejected(readEntry(), UNAVAILABLE), msUntilRejected(view.writer.advance(model.step()))];
    await redis.kill9();
    expect(Math.max(...(await Promise.all(inFlight)))).toBeLessThan(700);
    await eventually(() =>
      readEntry().then(
        () => false,
        () => true,
      ),
    );
    expect(await msUntilRejected(readEntry(), UNAVAILABLE)).toBeLessThan(500);
    expect(await msUntilRejected(view.writer.advance(model.step()))).toBeLessThan(500);
    await redis.restart();
    await eventually(readEntry);
    expect((await readEntry())?.head.offset).toBe(model.offset - 2);
  });

  test('rejects calls within their timeout while Redis is paused, and works again afterwards', async () => {
    redis.pause();
    try {
      const reads = Array.from({ length: 50 }, () => msUntilRejected(readEntry(), UNAVAILABLE));
      const later = nextTurn().then(() => msUntilRejected(readEntry(), UNAVAILABLE));
      const write = msUntilRejected(view.writer.advance(model.step()));
      expect(Math.max(...(await Promise.all([...reads, later])))).toBeLessThan(1_500);
      expect(await write).toBeLessThan(2_500);
      expect(await msUntilRejected(readEntry(), UNAVAILABLE)).toBeLessThan(1_500);
    } finally {
      redis.resume();
    }
    await eventually(readEntry); // the step that timed out may have been applied once
    expect([model.offset - 1, model.offset]).toContain((await readEntry())?.head.offset);
  });

  test('applies no part of a step when memory is full, and can still be read', async () => {
    const { head } = model;
    await admin.config('SET', 'maxmemory', '1mb');
    const step = model.step({ state: 'PURGED', userId: 'ann' }, waits('cy', 3));
    await expect(view.writer.advance(step)).rejects.toThrow('OOM');
    await expect(view.writer.stage(model.concertId, newGeneration(), [waits('cy', 3)])).rejects.toThrow('OOM');
    expect(await readEntry()).toMatchObject({ head, rank: 1 });
    await admin.config('SET', 'maxmemory', '0');
    await expect(view.writer.advance(step)).resolves.toEqual({ is: 'applied' });
  });

  test('rejects a step while the server is a replica, and applies it after the promotion', async () => {
    await admin.replicaof('127.0.0.1', '1');
    const step = model.step();
    await expect(view.writer.advance(step)).rejects.toThrow('READONLY');
    await admin.replicaof('NO', 'ONE');
    await eventually(async () => (await view.writer.advance(step)).is === 'applied');
  });

  test('rejects a step while the server cannot save, and applies it afterwards', async () => {
    await admin.config('SET', 'appendonly', 'no');
    await admin.config('SET', 'save', '3600 1');
    const saved = async (status: string) =>
      (await admin.info('persistence')).includes(`rdb_last_bgsave_status:${status}`);
    const blockingFolder = join(redis.dataDirectory, 'dump.rdb', 'folder');
    await mkdir(blockingFolder, { recursive: true });
    await admin.bgsave();
    await eventually(() => saved('err'));
    const step = model.step();
    await expect(view.writer.advance(step)).rejects.toThrow('MISCONF');
    await rm(dirname(blockingFolder), { recursive: true });
    await admin.bgsave();
    await eventually(() => saved('ok'));
    await expect(view.writer.advance(step)).resolves.toEqual({ is: 'applied' });
  });

  test('is unavailable while the server loads its file, and works afterwards', async () => {
    await Promise.all(Array.from({ length: 5_000 }, (_, index) => admin.set(`filler-${index}`, '')));
    await redis.kill9();
    const restarted = redis.restart().then(() => true);
    const delays: number[] = [];
    const readable = eventually(async () => {
      const begun = performance.now();
      const seen = await readEntry().then(
        () => true,
        (error: unknown) => expect(error).toMatchObject(UNAVAILABLE),
      );
      delays.push(performance.now() - begun);
      return seen === true;
    });
    await Promise.all([restarted, readable]);
    expect(Math.max(...delays)).toBeLessThan(1_500);
    expect(delays.length).toBeGreaterThan(10);
  });

  test('sends the next stage call before the previous one is answered', async () => {
    const client = connectRedis({ url: redis.url }, 'write', () => undefined);
    try {
      await untilReady(client, 5_000);
      if (!(client instanceof Redis)) throw new TypeError('not a single Redis');
      const writer = new RedisQueueViewWriter(client, new RedisKeys(''), 'slow');
      const generation = newGeneration();
      await writer.stage(model.concertId, generation, model.everything()); // loads the script
      redis.pause();
      const first = writer.stage(model.concertId, generation, [waits('cy', 3)]);
      await nextTurn();
      const before = client.stream.bytesWritten;
      const second = writer.stage(model.concertId, generation, [waits('dee', 4)]);
      await nextTurn();
      expect(client.stream.bytesWritten).toBeGreaterThan(before);
      redis.resume();
      await Promise.all([first, second]);
    } finally {
      redis.resume();
      client.disconnect();
    }
  });

  test('does not activate a generation whose last stage call was lost, although the counts match', async () => {
    const { head } = model;
    model.generation = newGeneration();
    await view.writer.stage(model.concertId, model.generation, [...model.everything(), isCalled('cy', 3)]);
    const directory = join(redis.dataDirectory, 'appendonlydir');
    const file = join(directory, readdirSync(directory).find((name) => name.endsWith('.incr.aof')) ?? '');
    const { size } = statSync(file);
    const { changes } = model.step({ ...isCalled('cy', 3), state: 'ACTIVE', activeUntil: 1_700_000_300_000 });
    await view.writer.stage(model.concertId, model.generation, changes);
    await redis.kill9();
    truncateSync(file, size);
    await redis.restart();
    await eventually(readEntry);
    const more = model.step(waits('dee', 9)).changes;
    await eventually(() => view.writer.stage(model.concertId, model.generation, more).then(() => true));
    await expect(view.writer.activate(model.completion([]), head)).resolves.toEqual({ is: 'incomplete' });
    expect(await readEntry()).toMatchObject({ head });
  });

  test('connects to a server that is unavailable at first', async () => {
    await redis.stop();
    const warnings: string[] = [];
    const client = connectRedis({ url: redis.url }, 'read', (message) => warnings.push(message));
    try {
      const reader = new RedisQueueViewReader(client, new RedisKeys(''));
      await expect(reader.ping()).rejects.toMatchObject(UNAVAILABLE);
      await eventually(() => warnings.length === 1);
      await redis.restart();
      await eventually(async () => (await reader.entry(model.concertId, 'bo'))?.rank === 1);
      expect(warnings).toEqual([
        expect.stringMatching(/^Redis is unavailable: .*ECONNREFUSED/),
        'Redis is available again.',
      ]);
    } finally {
      client.disconnect();
    }
  });
});

/** Resolves when the commands of this turn of the event loop have been sent. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

async function msUntilRejected(call: Promise<unknown>, error: object = {}): Promise<number> {
  const begun = performance.now();
  await expect(call).rejects.toMatchObject(error);
  return performance.now() - begun;
}
