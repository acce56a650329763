import { describe, expect, test } from '@jest/globals';
import { brokenPromises } from '../history/check-history.ts';
import { STACK_PARAMETERS, seedOfThisRun } from '../history/parameters.ts';
import { stackHistory } from '../history/stack-history.ts';

const seed = seedOfThisRun();

describe('simulated users on one process with the embedded log', () => {
  test(`see every promise kept (HISTORY_SEED=${seed})`, async () => {
    expect(brokenPromises(await stackHistory(seed, STACK_PARAMETERS))).toEqual(new Map());
  }, 120_000);
});
