import { expect, test } from '@jest/globals';
import { freePorts } from './ports.ts';

test('a reserved port is not given out again before a server listens on it', async () => {
  const promised = await Promise.all(Array.from({ length: 60 }, () => freePorts(4)));
  expect(new Set(promised.flat()).size).toBe(240);
  for (const port of promised.flat()) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(30_000);
  }
});
