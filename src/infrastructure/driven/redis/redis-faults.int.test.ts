import { readdirSync, statSync, truncateSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../../../test/support/dedicated-redis.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import type { QueueViewUnderTest } from '../../../application/ports/queue-view.fixtures.ts';
import { isCalled, newGeneration, ReferenceView, waits } from '../../../application/ports/queue-view-model.contract.ts';
import { connectRedis, untilReady } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisQueueViewReader } from './redis-queue-view-reader.ts';
import { RedisQueueViewWriter } from './redis-queue-view-writer.ts';
import { viewOn } from './redis-view.fixtures.ts';

const AWAY = { code: 'PROJECTION_UNAVAILABLE', retryAfterSeconds: 1 };

describe('a Redis that fails', () => {
  let redis: PrivateRedis;
  let view: QueueViewUnderTest;
  let hand: Redis;
  let model: ReferenceView;

  beforeEach(async () => {
    redis = await startPrivateRedis({ 'key-load-delay': '200' }); // microseconds: gives a file time to be loaded
    hand = new Redis(redis.url, { maxRetriesPerRequest: null });
    hand.on('error', () => undefined); // it is killed on purpose
    view = await viewOn({ url: redis.url }, '');
    model = new ReferenceView([waits('ann', 1), waits('bo', 2)]);
    await view.writer.activate(model.completion(), undefined);
  });
  afterEach(async () => {
    await hand.ping(); // a client that is closed while it reconnects leaves a timer
    hand.disconnect();
    try {
      await view.close();
    } finally {
      await redis.close();
    }
  });

  const look = () => view.reader.entry(model.concertId, 'bo');

  test('is told its scripts again after SCRIPT FLUSH', async () => {
    await Promise.all([view.writer.advance(model.step()), look()]);
    await hand.script('FLUSH');
    const looks = await Promise.all([...Array.from({ length: 20 }, look), view.writer.advance(model.step())]);
    expect(looks).toHaveLength(21);
    expect(await view.writer.damaged(new Map([[model.concertId, model.head]]))).toEqual([]);
  });

  test('shows nothing after FLUSHALL, and is found', async () => {
    await hand.flushall();
    expect(await look()).toBeUndefined();
    expect(await view.writer.damaged(new Map([[model.concertId, model.head]]))).toEqual([model.concertId]);
    await expect(view.writer.advance(model.step())).resolves.toEqual({ is: 'behind', head: undefined });
  });

  test('is given up at once when it is killed, and used again when it is back', async () => {
    redis.pause();
    const inFlight = [msUntilRejected(look(), AWAY), msUntilRejected(view.writer.advance(model.step()))];
    await redis.kill9();
    expect(Math.max(...(await Promise.all(inFlight)))).toBeLessThan(700);
    await eventually(() =>
      look().then(
        () => false,
        () => true,
      ),
    );
    expect(await msUntilRejected(look(), AWAY)).toBeLessThan(500);
    expect(await msUntilRejected(view.writer.advance(model.step()))).toBeLessThan(500);
    await redis.restart();
    await eventually(look);
    expect((await look())?.head.offset).toBe(model.offset - 2);
  });

  test('is given up in time when it is silent, however many ask, and used again when it speaks', async () => {
    redis.pause();
    try {
      const asked = Array.from({ length: 50 }, () => msUntilRejected(look(), AWAY));
      const later = aTurn().then(() => msUntilRejected(look(), AWAY));
      const written = msUntilRejected(view.writer.advance(model.step()));
      expect(Math.max(...(await Promise.all([...asked, later])))).toBeLessThan(1_500);
      expect(await written).toBeLessThan(2_500);
      expect(await msUntilRejected(look(), AWAY)).toBeLessThan(1_500);
    } finally {
      redis.resume();
    }
    await eventually(look); // the step given up may have been taken all the same, once
    expect([model.offset - 1, model.offset]).toContain((await look())?.head.offset);
  });

  test('takes nothing of a step when its memory is full, and is still read', async () => {
    const { head } = model;
    await hand.config('SET', 'maxmemory', '1mb');
    const step = model.step({ state: 'PURGED', userId: 'ann' }, waits('cy', 3));
    await expect(view.writer.advance(step)).rejects.toThrow('OOM');
    await expect(view.writer.stage(model.concertId, newGeneration(), [waits('cy', 3)])).rejects.toThrow('OOM');
    expect(await look()).toMatchObject({ head, rank: 1 });
    await hand.config('SET', 'maxmemory', '0');
    await expect(view.writer.advance(step)).resolves.toEqual({ is: 'applied' });
  });

  test('rejects a step while it is a replica, and takes it as a master again', async () => {
    await hand.replicaof('127.0.0.1', '1');
    const step = model.step();
    await expect(view.writer.advance(step)).rejects.toThrow('READONLY');
    await hand.replicaof('NO', 'ONE');
    await eventually(async () => (await view.writer.advance(step)).is === 'applied');
  });

  test('rejects a step while it cannot save, and takes it afterwards', async () => {
    await hand.config('SET', 'appendonly', 'no');
    await hand.config('SET', 'save', '3600 1');
    const saved = async (status: string) =>
      (await hand.info('persistence')).includes(`rdb_last_bgsave_status:${status}`);
    const inTheWay = join(redis.dataDirectory, 'dump.rdb', 'folder');
    await mkdir(inTheWay, { recursive: true });
    await hand.bgsave();
    await eventually(() => saved('err'));
    const step = model.step();
    await expect(view.writer.advance(step)).rejects.toThrow('MISCONF');
    await rm(dirname(inTheWay), { recursive: true });
    await hand.bgsave();
    await eventually(() => saved('ok'));
    await expect(view.writer.advance(step)).resolves.toEqual({ is: 'applied' });
  });

  test('is away while it loads its file, and used once it has', async () => {
    await Promise.all(Array.from({ length: 5_000 }, (_, index) => hand.set(`filler-${index}`, '')));
    await redis.kill9();
    const restarted = redis.restart().then(() => true);
    const delays: number[] = [];
    const looked = eventually(async () => {
      const begun = performance.now();
      const seen = await look().then(
        () => true,
        (error: unknown) => expect(error).toMatchObject(AWAY),
      );
      delays.push(performance.now() - begun);
      return seen === true;
    });
    await Promise.all([restarted, looked]);
    expect(Math.max(...delays)).toBeLessThan(1_500);
    expect(delays.length).toBeGreaterThan(10);
  });

  test('that is slow is given the next piece to stage before it has answered the last', async () => {
    const client = connectRedis({ url: redis.url }, 'write', () => undefined);
    try {
      await untilReady(client, 5_000);
      if (!(client instanceof Redis)) throw new TypeError('not a single Redis');
      const writer = new RedisQueueViewWriter(client, new RedisKeys(''), 'slow');
      const generation = newGeneration();
      await writer.stage(model.concertId, generation, model.everything()); // its script is known from now on
      redis.pause();
      const first = writer.stage(model.concertId, generation, [waits('cy', 3)]);
      await aTurn();
      const before = client.stream.bytesWritten;
      const second = writer.stage(model.concertId, generation, [waits('dee', 4)]);
      await aTurn();
      expect(client.stream.bytesWritten).toBeGreaterThan(before);
      redis.resume();
      await Promise.all([first, second]);
    } finally {
      redis.resume();
      client.disconnect();
    }
  });

  test('that lost the last piece staged, and nothing that can be counted, gets no flip', async () => {
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
    await eventually(look);
    const more = model.step(waits('dee', 9)).changes;
    await eventually(() => view.writer.stage(model.concertId, model.generation, more).then(() => true));
    await expect(view.writer.activate(model.completion([]), head)).resolves.toEqual({ is: 'incomplete' });
    expect(await look()).toMatchObject({ head });
  });

  test('may be away at the start', async () => {
    await redis.stop();
    const told: string[] = [];
    const client = connectRedis({ url: redis.url }, 'read', (message) => told.push(message));
    try {
      const reader = new RedisQueueViewReader(client, new RedisKeys(''));
      await expect(reader.ping()).rejects.toMatchObject(AWAY);
      await eventually(() => told.length === 1);
      await redis.restart();
      await eventually(async () => (await reader.entry(model.concertId, 'bo'))?.rank === 1);
      expect(told).toEqual([expect.stringMatching(/^Redis is away: .*ECONNREFUSED/), 'Redis answers again.']);
    } finally {
      client.disconnect();
    }
  });
});

/** By the end of it all that was asked in this turn of the event loop has left. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

async function msUntilRejected(call: Promise<unknown>, error: object = {}): Promise<number> {
  const begun = performance.now();
  await expect(call).rejects.toMatchObject(error);
  return performance.now() - begun;
}
