import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { BatchedCounter } from './batched-counter.ts';

/** Calls resolve when the test resolves them. */
class SlowRedis {
  readonly status = 'ready';
  readonly calls: { readonly names: readonly string[]; readonly resolve: (reply: unknown) => void }[] = [];
  readonly rejects: ((error: Error) => void)[] = [];

  countRequests(numberOfKeys: number, names: readonly string[], seconds: string): Promise<unknown> {
    expect([numberOfKeys, seconds]).toEqual([names.length, '60']);
    return new Promise((resolve, reject) => {
      this.calls.push({ names, resolve });
      this.rejects.push(reject);
    });
  }

  get batches(): readonly (readonly string[])[] {
    return this.calls.map(({ names }) => names);
  }
}

const setUp = () => {
  const redis = new SlowRedis();
  const counts = new BatchedCounter(redis, 60);
  return { redis, count: (name: string) => counts.rlflxIncr([name, '1', '60']) };
};

test('sends the counts of one turn as one call, and those that arrive during it as the next', async () => {
  const { redis, count } = setUp();
  const first = [count('a'), count('b'), count('a')];
  await turn();
  const later = [count('c')];
  await turn();
  later.push(count('d'));
  expect(redis.batches).toEqual([['a', 'b', 'a']]);
  redis.calls[0]?.resolve([1, 60_000, 7, 100, 2, 60_000]);
  expect(await Promise.all(first)).toEqual([
    [1, 60_000],
    [7, 100],
    [2, 60_000],
  ]);
  expect(redis.batches).toEqual([
    ['a', 'b', 'a'],
    ['c', 'd'],
  ]);
  redis.calls[1]?.resolve([1, 1, 1, 1]);
  await Promise.all(later);
});

test('rejects the counts of a failed call or an incomplete reply, and no later ones', async () => {
  const { redis, count } = setUp();
  const failing = Promise.allSettled([count('a'), count('b')]);
  await turn();
  redis.rejects[0]?.(new Error('unavailable'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const short = Promise.allSettled([count('c'), count('d')]);
  await turn();
  redis.calls[1]?.resolve([3, 50]);
  expect((await short).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  const next = count('e');
  await turn();
  redis.calls[2]?.resolve([4, 40]);
  expect(await next).toEqual([4, 40]);
});

test('sends at most 500 counts per call', async () => {
  const { redis, count } = setUp();
  const all = Array.from({ length: 1_200 }, (_, name) => count(`${name}`));
  await turn();
  expect(redis.batches.map(({ length }) => length)).toEqual([500, 500, 200]);
  for (const { names, resolve } of redis.calls) resolve(names.flatMap(() => [1, 1]));
  expect(await Promise.all(all)).toHaveLength(1_200);
});
