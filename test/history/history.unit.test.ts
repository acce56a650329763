import { describe, expect, test } from '@jest/globals';
import { brokenPromises } from './check-history.ts';
import type { History } from './history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { IN_PROCESS_PARAMETERS, seedOfThisRun } from './parameters.ts';

const EXPECTED_RESULTS = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT', 'yes', 'refused'];
/** On a slow machine the users may enter after the draw. */
const MAX_RUNS = 3;

describe('simulated users on the use cases, with ports in memory', () => {
  const seed = seedOfThisRun();

  test(`see every promise kept (HISTORY_SEED=${seed})`, async () => {
    const seen = new Set<string>();
    const unseen = (): string[] => EXPECTED_RESULTS.filter((what) => !seen.has(what));
    for (let run = 0; run < MAX_RUNS && unseen().length > 0; run++) {
      const history = await inProcessHistory(seed + run, IN_PROCESS_PARAMETERS);
      expect(brokenPromises(history)).toEqual(new Map());
      for (const what of seenIn(history)) seen.add(what);
    }
    // A simulation that reaches few states checks little.
    expect(unseen()).toEqual([]);
  }, 30_000);
});

function seenIn({ calls, stored }: History): string[] {
  const response = calls.map((call) => (call.response.is === 'entry' ? call.response.entry.state : call.response.is));
  const ends = [...stored.values()].flatMap(({ entries }) => entries.map(({ state }) => state));
  return [...response, ...ends];
}
