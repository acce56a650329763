import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/application/event-log/partitioner.ts';
import type { LogReader } from '../../src/application/ports/log-reader.port.ts';
import type { LogRecord } from '../../src/application/ports/log-subscription.port.ts';
import type { QueueViewUnderTest } from '../../src/application/ports/queue-view.fixtures.ts';
import type { QueueViewWriter } from '../../src/application/ports/queue-view.port.ts';
import { EventReader } from '../../src/application/projection/event-reader.ts';
import { PartitionProjection } from '../../src/application/projection/partition-projection.ts';
import { PartitionRebuild } from '../../src/application/projection/partition-rebuild.ts';
import { canonicalState } from '../../src/domain/canonical-state.ts';
import {
  admittedUpTo,
  configured,
  configuredWithDraw,
  drawHeld,
  given,
  requestedBy,
  seconds,
} from '../../src/domain/concert-queue.fixtures.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { connectRedis, untilReady } from '../../src/infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { viewOn } from '../../src/infrastructure/driven/redis/redis-view.fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { stackAddresses } from '../support/settings.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';

const { concertId } = configured();
const fans = (count: number): QueueEvent[] => Array.from({ length: count }, (_, n) => requestedBy(`fan ${n}`));

describe('a rebuild beside a projection on a real view', () => {
  const ofTest = resourcesOfEachTest();
  let view: QueueViewUnderTest;
  let prefix: string;
  let log: QueueEvent[];
  const errors: string[] = [];
  beforeEach(async () => {
    prefix = `rebuild-${randomBytes(5).toString('hex')}.`;
    view = ofTest().adopt(await viewOn({ url: stackAddresses().redisUrl }, prefix), (one) => one.close());
    log = [configured({ capacity: 10 }), ...fans(1_200), admittedUpTo(3)];
    errors.length = 0;
  });

  const recordAt = (offset: number): LogRecord => {
    const event = log[offset] ?? configured();
    const value = Buffer.from(JSON.stringify(event));
    return { partition: 0, offset, timestamp: seconds(offset), key: Buffer.from(keyOf(event)), value, headers: {} };
  };
  const reader = new EventReader(
    {
      encode: () => Buffer.alloc(0),
      fingerprintOf: () => '',
      decode: (value) => JSON.parse(String(value)) as QueueEvent,
    },
    1,
  );
  const noLetters = {
    add: () => Promise.reject(new Error('a rebuild adds none')),
    of: async () => new Map(),
    correctTimes: () => Promise.reject(new Error('a rebuild corrects none')),
    timeCorrections: async () => new Map(),
  };
  const reading: LogReader = {
    partitions: 1,
    starts: async () => new Map([[0, 0]]),
    ends: async () => new Map([[0, log.length]]),
    async *read(_, from, to) {
      for (let at = from; at < to; at += 300) {
        yield Array.from({ length: Math.min(300, to - at) }, (__, n) => recordAt(at + n));
      }
    },
  };

  async function owner(writer: QueueViewWriter = view.writer) {
    const endOffset = async () => log.length;
    const ports = { view: writer, deadLetters: noLetters, reader, endOffset, onDeadLetter: () => undefined };
    const projection = new PartitionProjection(0, ports);
    await projection.load();
    await consume(projection, 0);
    return projection;
  }

  async function consume(projection: PartitionProjection, from: number): Promise<void> {
    await projection.consume(Array.from({ length: log.length - from }, (_, n) => recordAt(from + n)));
    await eventually(async () => {
      await projection.flush();
      return [...projection.concerts.values()].every(({ inSync }) => inSync);
    });
  }

  const rebuilding = (projection: PartitionProjection, writer = view.writer) =>
    new PartitionRebuild(
      projection,
      { log: reading, deadLetters: noLetters, reader, view: writer },
      { debug: () => {}, info: () => {}, warn: () => {}, error: (message) => errors.push(message) },
      undefined,
    );
  const generation = async () => (await view.writer.heads([concertId])).get(concertId)?.generation;
  const expectStored = async (projection: PartitionProjection): Promise<void> => {
    await eventually(async () => {
      await projection.flush();
      return projection.concerts.get(concertId)?.inSync === true;
    });
    const loaded = await view.writer.load(concertId);
    if (!loaded) throw new Error('nothing is stored');
    expect(canonicalState(loaded.snapshot)).toBe(canonicalState(given(...log).save()));
  };

  /** The view, with an action that runs once around the next activation. */
  function around(before: () => Promise<unknown>, after: () => Promise<unknown> = async () => {}): QueueViewWriter {
    let armed = true;
    const { writer } = view;
    return new Proxy(writer, {
      get: (target, name) => {
        if (name !== 'activate') {
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return async (...step: Parameters<QueueViewWriter['activate']>) => {
          const isFirst = armed && step[1] !== undefined; // not the first activation, which creates the queue
          if (isFirst) armed = false;
          if (isFirst) await before();
          const outcome = await writer.activate(...step);
          if (isFirst) await after();
          return outcome;
        };
      },
    });
  }

  test('replaces a correct view when memory and log agree', async () => {
    const projection = await owner();
    const before = await generation();
    expect(await rebuilding(projection).run()).toMatchObject({ state: 'done', concerts: 1, repaired: [] });
    expect(await generation()).not.toBe(before);
    expect(errors).toEqual([]);
    await expectStored(projection);
  });

  test('loses no change folded during the activation', async () => {
    let more = async (): Promise<unknown> => undefined;
    const writer = around(() => more());
    const projection = await owner(writer);
    more = async () => {
      const from = log.push(requestedBy('late'), admittedUpTo(4)) - 2;
      void projection.consume([recordAt(from), recordAt(from + 1)]);
    };
    expect(await rebuilding(projection, writer).run()).toMatchObject({ state: 'done' });
    await expectStored(projection);
  });

  test('continues after a draw during the rebuild', async () => {
    log = [configuredWithDraw({}), ...fans(600), requestedBy('opener')];
    let draw = async (): Promise<unknown> => undefined;
    const writer = around(() => draw());
    const projection = await owner(writer);
    draw = async () => {
      log.push(drawHeld());
      void projection.consume([recordAt(log.length - 1)]);
    };
    const heartbeat = setInterval(() => void projection.flush(), 50);
    expect(await rebuilding(projection, writer).run()).toMatchObject({ state: 'done', concerts: 1 });
    clearInterval(heartbeat);
    expect(projection.concerts.get(concertId)?.queue.draw?.seed).not.toBeNull();
    await expectStored(projection);
  });

  test('replaces a wrong state in memory by that of the log, and reports it', async () => {
    const projection = await owner();
    const concert = projection.concerts.get(concertId);
    // An event that is not in the log.
    concert?.queue.apply(requestedBy('ghost'), { offset: log.length, timestamp: seconds(log.length) });
    log.push(requestedBy('late'));
    await consume(projection, log.length - 1);
    expect(concert?.queue.entryOf('ghost')).toBeDefined();
    expect(await rebuilding(projection).run()).toMatchObject({ state: 'done', repaired: [concertId] });
    expect(concert?.queue.entryOf('ghost')).toBeUndefined();
    expect(errors).toEqual([expect.stringContaining('memory differed')]);
    await expectStored(projection);
    log.push(requestedBy('later'));
    await consume(projection, log.length - 1);
    await expectStored(projection);
  });

  test('restores a queue that memory has lost', async () => {
    const projection = await owner();
    projection.concerts.delete(concertId);
    expect(await rebuilding(projection).run()).toMatchObject({ state: 'done', repaired: [concertId] });
    log.push(requestedBy('late'));
    await consume(projection, log.length - 1);
    await expectStored(projection);
  });

  test('fails safely when the response to the activation is lost', async () => {
    let lose = async (): Promise<unknown> => undefined;
    const writer = around(
      async () => undefined,
      () => lose(),
    );
    const projection = await owner(writer);
    lose = () => Promise.reject(new Error('the connection is gone'));
    expect(await rebuilding(projection, writer).run()).toMatchObject({
      state: 'failed',
      reason: 'the connection is gone',
    });
    log.push(requestedBy('late'));
    await consume(projection, log.length - 1);
    await expectStored(projection);
    expect(await rebuilding(projection, writer).run()).toMatchObject({ state: 'done', repaired: [] });
  });

  test.each(['0', '9'])('starts without a request when the view has fold version %s', async (other) => {
    const former = await owner();
    former.release();
    const redis = connectRedis({ url: stackAddresses().redisUrl }, 'write', () => undefined);
    await untilReady(redis, 5_000);
    const head = new RedisKeys(prefix).head(concertId);
    await redis.hset(head, 'fold', other);
    const before = await generation();
    await expectStored(await owner(view.other));
    expect([await redis.hget(head, 'fold'), (await generation()) !== before]).toEqual([`${FOLD_VERSION}`, true]);
    redis.disconnect();
  });

  test('ends without changing the view when the partition is revoked', async () => {
    let leave = async (): Promise<unknown> => undefined;
    const writer = around(() => leave());
    const projection = await owner(writer);
    const before = await generation();
    const rebuild = rebuilding(projection, writer);
    const over = rebuild.run();
    projection.release();
    leave = () => Promise.reject(new Error('nothing may be flipped'));
    expect(await over).toMatchObject({ state: 'failed', reason: expect.stringContaining('another process') });
    expect(await generation()).toBe(before);
  });

  test('fails at an unreadable record without a dead letter', async () => {
    const projection = await owner();
    const before = await generation();
    const key = Buffer.from('wrong');
    const unreadable: LogReader = {
      ...reading,
      async *read(...range) {
        for await (const records of reading.read(...range))
          yield records.map((r) => (r.offset === 5 ? { ...r, key } : r));
      },
    };
    const ports = { log: unreadable, deadLetters: noLetters, reader, view: view.writer };
    const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const over = await new PartitionRebuild(projection, ports, quiet, undefined).run();
    expect(over).toMatchObject({ state: 'failed', reason: expect.stringContaining('offset 5 cannot be read') });
    expect(await generation()).toBe(before);
  });
});
