import { afterAll, describe, expect, test } from '@jest/globals';
import { seedOfThisRun } from '../history/parameters.ts';
import { nameOf } from './fault-case.ts';
import { FAULT_CASES } from './matrix.ts';
import { keepResult } from './results.ts';
import { runFaultCase } from './run-fault-case.ts';
import { SEEDED_CASES, withBug } from './seeded-bugs.ts';
import { Brokers } from './servers.ts';

/** FAULTS selects cases by a regular expression. Without it, the cases of the short form run. */
const wanted = process.env['FAULTS'];
const isWanted = (name: string, short: true | undefined): boolean =>
  wanted === undefined ? short === true : new RegExp(wanted, 'i').test(name);
const faultCases = FAULT_CASES.filter((faultCase) => isWanted(nameOf(faultCase), faultCase.short));
const seed = seedOfThisRun();

const bugs = SEEDED_CASES.filter(({ bug, short }) => isWanted(bug, short));
const brokers = new Brokers();
afterAll(() => brokers.close(), 60_000);

describe('the promises hold after', () => {
  for (const faultCase of faultCases) {
    test(`${nameOf(faultCase)} (HISTORY_SEED=${seed})`, async () => {
      const result = await runFaultCase(faultCase, brokers, seed);
      if (wanted !== undefined) keepResult(result);
      expect(result.failures).toEqual([]);
    }, 240_000);
  }
});

describe('the suite finds the bug', () => {
  for (const { bug, faultCase: name, shows, maxRuns = 1 } of bugs) {
    test(`${bug} (HISTORY_SEED=${seed})`, async () => {
      const faultCase = FAULT_CASES.find((one) => nameOf(one) === name);
      if (!faultCase || 'run' in faultCase) throw new Error(`there is no such case: ${name}`);
      let found = '';
      for (let run = 0; run < maxRuns && !shows.test(found); run++) {
        const seeded = runFaultCase(withBug(faultCase, bug), brokers, seed + run);
        found = await seeded.then(({ failures }) => failures.join('\n'), String);
      }
      expect(found).toMatch(shows);
    }, 240_000);
  }
});
