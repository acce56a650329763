import { describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  test('returns the first result that is neither false nor thrown', async () => {
    const answers = [
      () => false,
      () => {
        throw new Error('not yet');
      },
      () => 'there',
    ]; // prettier-ignore
    expect(await eventually(() => answers.shift()?.(), { every: 1 })).toBe('there');
  });
  test('reports the last failure after the deadline', async () => {
    await expect(eventually(() => expect(1).toBe(2), { within: 20, every: 5 })).rejects.toThrow(
      /Not within 20 ms.*Expected: .*2/s,
    );
  });
  test('ends at the deadline when an attempt hangs', async () => {
    await expect(eventually(() => new Promise(() => undefined), { within: 20 })).rejects.toThrow('did not end');
  });
});
