import { describe, expect, test } from '@jest/globals';
import { BUGS } from './bugs/bugs.ts';
import { brokenPromises } from './check-history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { withBug } from './in-process/in-process-injection-points.ts';
import { IN_PROCESS_PARAMETERS, seedOfThisRun } from './parameters.ts';

const MAX_RUNS = 6;

describe('the history checker', () => {
  const seed = seedOfThisRun();

  test.each(Object.entries(BUGS))(
    `finds %s (HISTORY_SEED=${seed})`,
    async (_, bug) => {
      const parameters = { ...IN_PROCESS_PARAMETERS, settleWithinMs: 1_200 };
      const found = new Set<string>();
      // A simulation may not reach the bug, for instance when every user completes: then run another one.
      for (let run = 0; run < MAX_RUNS && !found.has(bug.breaks); run++) {
        const history = await withBug(bug, () => inProcessHistory(seed + run, parameters));
        for (const promise of brokenPromises(history).keys()) found.add(promise);
      }
      expect([...found]).toContain(bug.breaks);
    },
    60_000,
  );
});
