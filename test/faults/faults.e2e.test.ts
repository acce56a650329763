import { afterAll, describe, expect, test } from '@jest/globals';
import { seedOfThisRun } from '../history/sizes.ts';
import { nameOf } from './cell.ts';
import { CELLS } from './matrix.ts';
import { keepResult } from './results.ts';
import { runCell } from './run-cell.ts';
import { Brokers } from './servers.ts';

/** FAULTS names the cells to run, by a regular expression; without it those of the short form run. */
const wanted = process.env['FAULTS'];
const cells = CELLS.filter((cell) => (wanted === undefined ? cell.short : new RegExp(wanted, 'i').test(nameOf(cell))));
const seed = seedOfThisRun();

describe('everyone is served as promised after', () => {
  const brokers = new Brokers();
  afterAll(() => brokers.close(), 60_000);

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
