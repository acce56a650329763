import { expect, jest, test } from '@jest/globals';
import { type Failure, Pieces } from './step-runner.ts';

test('a piece that fails is told of with what was found before, and the next one is done', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const kept: [string | undefined, readonly Failure[]][] = [];
  const pieces = new Pieces<string>((found, failed) => kept.push([found, [...failed]]));
  pieces.tell('first');
  expect(await pieces.do('second', () => Promise.reject(new Error('away\nat once')))).toBeUndefined();
  expect(await pieces.do('third', () => Promise.resolve(3))).toBe(3);
  pieces.tell('first and third');
  const failed = [{ piece: 'second', reason: 'away' }];
  expect(kept).toEqual([
    ['first', []],
    ['first', failed],
    ['first and third', failed],
  ]);
  expect(said).toHaveBeenCalledTimes(1);
  said.mockRestore();
});
