import { afterAll, describe, expect, test } from '@jest/globals';
import { seedOfThisRun } from '../history/sizes.ts';
import { nameOf } from './cell.ts';
import { CELLS } from './matrix.ts';
import { keepResult } from './results.ts';
import { runCell } from './run-cell.ts';
import { SEEDED, withBug } from './seeded-bugs.ts';
import { Brokers } from './servers.ts';

/** FAULTS names the cells to run, by a regular expression; without it those of the short form run. */
const wanted = process.env['FAULTS'];
const cells = CELLS.filter((cell) => (wanted === undefined ? cell.short : new RegExp(wanted, 'i').test(nameOf(cell))));
const seed = seedOfThisRun();

const bugs = SEEDED.filter(({ bug, short }) => (wanted === undefined ? short : new RegExp(wanted, 'i').test(bug)));
const brokers = new Brokers();
afterAll(() => brokers.close(), 60_000);

describe('everyone is served as promised after', () => {
  test.each(cells.map((cell) => [nameOf(cell), cell] as const))(
    `%s (HISTORY_SEED=${seed})`,
    async (_, cell) => {
      const result = await runCell(cell, brokers, seed);
      if (wanted !== undefined) keepResult(result);
      expect(result.failures).toEqual([]);
    },
    240_000,
  );
});

describe('the suite notices', () => {
  test.each(bugs.map((bug) => [bug.bug, bug] as const))(
    `%s (HISTORY_SEED=${seed})`,
    async (_, { bug, cell: name, shows }) => {
      const cell = CELLS.find((one) => nameOf(one) === name);
      if (!cell || 'play' in cell) throw new Error(`there is no such cell: ${name}`);
      const found = await runCell(withBug(cell, bug), brokers, seed).then(
        ({ failures }) => failures.join('\n'),
        String,
      );
      expect(found).toMatch(shows);
    },
    240_000,
  );
});
