import { describe, expect, test } from '@jest/globals';
import { BUGS } from './bugs/bugs.ts';
import { brokenPromises } from './check-history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { withBug } from './in-process/in-process-seams.ts';
import { IN_PROCESS, seedOfThisRun } from './sizes.ts';

describe('the history checker', () => {
  const seed = seedOfThisRun();

  test.each(Object.entries(BUGS))(
    `finds %s (HISTORY_SEED=${seed})`,
    async (_, bug) => {
      const history = await withBug(bug, () => inProcessHistory(seed, { ...IN_PROCESS, settleWithinMs: 1_200 }));
      expect([...brokenPromises(history).keys()]).toContain(bug.breaks);
    },
    20_000,
  );
});
