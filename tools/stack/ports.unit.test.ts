import { expect, test } from '@jest/globals';
import { freePorts } from './ports.ts';

test('ports that were promised are promised to nobody else, though nothing listens there yet', async () => {
  const promised = await Promise.all(Array.from({ length: 60 }, () => freePorts(4)));
  expect(new Set(promised.flat()).size).toBe(240);
  for (const port of promised.flat()) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(30_000);
  }
});
