import { describe, expect, test } from '@jest/globals';
import { BUGS } from './bugs/bugs.ts';
import { expectedMessage } from './bugs/injection-points.ts';
import { brokenPromises } from './check-history.ts';
import { STACK_PARAMETERS, seedOfThisRun } from './parameters.ts';
import { stackHistory } from './stack-history.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const seed = seedOfThisRun();

describe('simulated users on the whole system', () => {
  test(`see every promise kept (HISTORY_SEED=${seed})`, async () => {
    const history = await stackHistory(seed, STACK_PARAMETERS, { kills: FULL });
    expect(brokenPromises(history)).toEqual(new Map());
  }, 180_000);
});

const onTheStack = FULL ? Object.entries(BUGS) : Object.entries(BUGS).slice(0, 1);
describe('the history checker on the whole system', () => {
  const preload = new URL('./bugs/preload.ts', import.meta.url).href;
  const parameters = { ...STACK_PARAMETERS, forMs: 5_000, settleWithinMs: 6_000 };

  test.each(onTheStack)(
    `finds %s (HISTORY_SEED=${seed})`,
    async (name, bug) => {
      const projector = { NODE_OPTIONS: `--import ${preload}`, SEEDED_BUG: name };
      const found = await stackHistory(seed, parameters, { projector }).then(
        (history) => [...brokenPromises(history).keys()].map((promise) => `${promise}: `).join(''),
        String,
      );
      expect(found).toMatch(expectedMessage(bug));
    },
    90_000,
  );
});
