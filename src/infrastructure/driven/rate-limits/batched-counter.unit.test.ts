import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { BatchedCounter } from './batched-counter.ts';

/** Answers when it is told to. */
class SlowRedis {
  readonly status = 'ready';
  readonly calls: { readonly names: readonly string[]; readonly resolve: (answer: unknown) => void }[] = [];
  readonly rejects: ((error: Error) => void)[] = [];

  countRequests(numberOfKeys: number, names: readonly string[], seconds: string): Promise<unknown> {
    expect([numberOfKeys, seconds]).toEqual([names.length, '60']);
    return new Promise((resolve, reject) => {
      this.calls.push({ names, resolve });
      this.rejects.push(reject);
    });
  }

  get asked(): readonly (readonly string[])[] {
    return this.calls.map(({ names }) => names);
  }
}

const scene = () => {
  const redis = new SlowRedis();
  const counts = new BatchedCounter(redis, 60);
  return { redis, count: (name: string) => counts.rlflxIncr([name, '1', '60']) };
};

test('counts of one turn are one call, and so are those that come while it is under way', async () => {
  const { redis, count } = scene();
  const first = [count('a'), count('b'), count('a')];
  await turn();
  const later = [count('c')];
  await turn();
  later.push(count('d'));
  expect(redis.asked).toEqual([['a', 'b', 'a']]);
  redis.calls[0]?.resolve([1, 60_000, 7, 100, 2, 60_000]);
  expect(await Promise.all(first)).toEqual([
    [1, 60_000],
    [7, 100],
    [2, 60_000],
  ]);
  expect(redis.asked).toEqual([
    ['a', 'b', 'a'],
    ['c', 'd'],
  ]);
  redis.calls[1]?.resolve([1, 1, 1, 1]);
  await Promise.all(later);
});

test('a call that fails, or answers too little, fails all that are in it and none after', async () => {
  const { redis, count } = scene();
  const lost = Promise.allSettled([count('a'), count('b')]);
  await turn();
  redis.rejects[0]?.(new Error('away'));
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const short = Promise.allSettled([count('c'), count('d')]);
  await turn();
  redis.calls[1]?.resolve([3, 50]);
  expect((await short).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  const next = count('e');
  await turn();
  redis.calls[2]?.resolve([4, 40]);
  expect(await next).toEqual([4, 40]);
});

test('no call holds up Redis for long', async () => {
  const { redis, count } = scene();
  const all = Array.from({ length: 1_200 }, (_, name) => count(`${name}`));
  await turn();
  expect(redis.asked.map(({ length }) => length)).toEqual([500, 500, 200]);
  for (const { names, resolve } of redis.calls) resolve(names.flatMap(() => [1, 1]));
  expect(await Promise.all(all)).toHaveLength(1_200);
});
