import { expect, jest, test } from '@jest/globals';
import { type Failure, StepRunner } from './step-runner.ts';

test('records a failed step with the earlier results, and runs the next one', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const kept: [string | undefined, readonly Failure[]][] = [];
  const steps = new StepRunner<string>((found, failed) => kept.push([found, [...failed]]));
  steps.record('first');
  expect(await steps.do('second', () => Promise.reject(new Error('away\nat once')))).toBeUndefined();
  expect(await steps.do('third', () => Promise.resolve(3))).toBe(3);
  steps.record('first and third');
  const failed = [{ step: 'second', reason: 'away' }];
  expect(kept).toEqual([
    ['first', []],
    ['first', failed],
    ['first and third', failed],
  ]);
  expect(logged).toHaveBeenCalledTimes(1);
  logged.mockRestore();
});
