import { expect, test } from '@jest/globals';
import { HashedMemoryLimiter, SLOTS } from './hashed-memory-limiter.ts';

test('uses bounded memory for any number of keys', async () => {
  const limiter = new HashedMemoryLimiter({ points: 10, duration: 60 });
  for (let name = 0; name < 2 * SLOTS; name++) await limiter.consume(`user-${name}`).catch(() => undefined);
  const counters = limiter.dump().storage.length;
  expect(counters).toBeLessThanOrEqual(SLOTS);
  expect(counters).toBeGreaterThan(SLOTS / 2);
});

test('gives most keys a slot of their own, and differs between processes', async () => {
  const rejectedKeys = async (): Promise<readonly number[]> => {
    const limiter = new HashedMemoryLimiter({ points: 1, duration: 60 });
    const names = Array.from({ length: 4_000 }, (_, name) => name);
    const outcomes = await Promise.allSettled(names.map((name) => limiter.consume(`user-${name}`)));
    return names.filter((name) => outcomes[name]?.status === 'rejected');
  };
  const [one, other] = [await rejectedKeys(), await rejectedKeys()];
  expect(Math.max(one.length, other.length)).toBeLessThan(300); // 120 expected of 4,000 in 65,536 slots
  expect(one).not.toEqual(other);
});
