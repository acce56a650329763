import { afterAll, describe, expect, test } from '@jest/globals';
import { seedOfThisRun } from '../history/parameters.ts';
import { nameOf } from './fault-case.ts';
import { CELLS } from './matrix.ts';
import { keepResult } from './results.ts';
import { runCell } from './run-fault-case.ts';
import { SEEDED, withBug } from './seeded-bugs.ts';
import { Brokers } from './servers.ts';

/** FAULTS names the cells to run, by a regular expression; without it those of the short form run. */
const wanted = process.env['FAULTS'];
const isWanted = (name: string, short: true | undefined): boolean =>
  wanted === undefined ? short === true : new RegExp(wanted, 'i').test(name);
const cells = CELLS.filter((cell) => isWanted(nameOf(cell), cell.short));
const seed = seedOfThisRun();

const bugs = SEEDED.filter(({ bug, short }) => isWanted(bug, short));
const brokers = new Brokers();
afterAll(() => brokers.close(), 60_000);

describe('everyone is served as promised after', () => {
  for (const cell of cells) {
    test(`${nameOf(cell)} (HISTORY_SEED=${seed})`, async () => {
      const result = await runCell(cell, brokers, seed);
      if (wanted !== undefined) keepResult(result);
      expect(result.failures).toEqual([]);
    }, 240_000);
  }
});

describe('the suite notices', () => {
  for (const { bug, cell: name, shows, plays = 1 } of bugs) {
    test(`${bug} (HISTORY_SEED=${seed})`, async () => {
      const cell = CELLS.find((one) => nameOf(one) === name);
      if (!cell || 'play' in cell) throw new Error(`there is no such cell: ${name}`);
      let found = '';
      for (let play = 0; play < plays && !shows.test(found); play++) {
        const seeded = runCell(withBug(cell, bug), brokers, seed + play);
        found = await seeded.then(({ failures }) => failures.join('\n'), String);
      }
      expect(found).toMatch(shows);
    }, 240_000);
  }
});
