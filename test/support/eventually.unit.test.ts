import { describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  test('gives the first answer that is neither false nor thrown', async () => {
    const answers = [
      () => false,
      () => {
        throw new Error('not yet');
      },
      () => 'there',
    ]; // prettier-ignore
    expect(await eventually(() => answers.shift()?.(), { every: 1 })).toBe('there');
  });
  test('says the last failure when the deadline is over', async () => {
    await expect(eventually(() => expect(1).toBe(2), { within: 20, every: 5 })).rejects.toThrow(
      /Not within 20 ms.*Expected: .*2/s,
    );
  });
  test('ends with the deadline when a look hangs', async () => {
    await expect(eventually(() => new Promise(() => undefined), { within: 20 })).rejects.toThrow('did not end');
  });
});
