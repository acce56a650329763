import { describe, expect, test } from '@jest/globals';
import { BUGS } from './bugs/bugs.ts';
import { brokenPromises } from './check-history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { withBug } from './in-process/in-process-injection-points.ts';
import { IN_PROCESS, seedOfThisRun } from './parameters.ts';

const MOST_CROWDS = 6;

describe('the history checker', () => {
  const seed = seedOfThisRun();

  test.each(Object.entries(BUGS))(
    `finds %s (HISTORY_SEED=${seed})`,
    async (_, bug) => {
      const size = { ...IN_PROCESS, settleWithinMs: 1_200 };
      const found = new Set<string>();
      // Not every crowd meets every bug (nobody may fail to complete): another is sent before the bug counts as missed.
      for (let crowd = 0; crowd < MOST_CROWDS && !found.has(bug.breaks); crowd++) {
        const history = await withBug(bug, () => inProcessHistory(seed + crowd, size));
        for (const promise of brokenPromises(history).keys()) found.add(promise);
      }
      expect([...found]).toContain(bug.breaks);
    },
    60_000,
  );
});
