import { describe, expect, test } from '@jest/globals';
import { BUGS } from './bugs/bugs.ts';
import { signOf } from './bugs/injection-points.ts';
import { brokenPromises } from './check-history.ts';
import { ON_THE_STACK, seedOfThisRun } from './parameters.ts';
import { stackHistory } from './stack-history.ts';

const FULL = process.env['TEST_FORM'] === 'full';
const seed = seedOfThisRun();

describe('a random crowd before the whole system', () => {
  test(`finds every promise kept (HISTORY_SEED=${seed})`, async () => {
    const history = await stackHistory(seed, ON_THE_STACK, { kills: FULL });
    expect(brokenPromises(history)).toEqual(new Map());
  }, 180_000);
});

const onTheStack = FULL ? Object.entries(BUGS) : Object.entries(BUGS).slice(0, 1);
describe('the history checker on the whole system', () => {
  const preload = new URL('./bugs/preload.ts', import.meta.url).href;
  const size = { ...ON_THE_STACK, forMs: 5_000, settleWithinMs: 6_000 };

  test.each(onTheStack)(
    `finds %s (HISTORY_SEED=${seed})`,
    async (name, bug) => {
      const projector = { NODE_OPTIONS: `--import ${preload}`, SEEDED_BUG: name };
      const found = await stackHistory(seed, size, { projector }).then(
        (history) => [...brokenPromises(history).keys()].map((promise) => `${promise}: `).join(''),
        String,
      );
      expect(found).toMatch(signOf(bug));
    },
    90_000,
  );
});
