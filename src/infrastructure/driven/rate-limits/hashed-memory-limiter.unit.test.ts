import { expect, test } from '@jest/globals';
import { HashedMemoryLimiter, SLOTS } from './hashed-memory-limiter.ts';

test('made-up names do not fill the memory', async () => {
  const limiter = new HashedMemoryLimiter({ points: 10, duration: 60 });
  for (let name = 0; name < 2 * SLOTS; name++) await limiter.consume(`user-${name}`).catch(() => undefined);
  const held = limiter.dump().storage.length;
  expect(held).toBeLessThanOrEqual(SLOTS);
  expect(held).toBeGreaterThan(SLOTS / 2);
});

test('names are told apart, each process by slots of its own', async () => {
  const refused = async (): Promise<readonly number[]> => {
    const limiter = new HashedMemoryLimiter({ points: 1, duration: 60 });
    const names = Array.from({ length: 4_000 }, (_, name) => name);
    const outcomes = await Promise.allSettled(names.map((name) => limiter.consume(`user-${name}`)));
    return names.filter((name) => outcomes[name]?.status === 'rejected');
  };
  const [one, other] = [await refused(), await refused()];
  expect(Math.max(one.length, other.length)).toBeLessThan(300); // 120 expected of 4,000 in 65,536 slots
  expect(one).not.toEqual(other);
});
