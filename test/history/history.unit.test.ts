import { describe, expect, test } from '@jest/globals';
import { brokenPromises } from './check-history.ts';
import type { History } from './history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { IN_PROCESS, seedOfThisRun } from './parameters.ts';

const OF_NOTE = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT', 'yes', 'refused'];
/** On a slow machine a crowd may come when the draw is over already. */
const MOST_CROWDS = 3;

describe('a random crowd before the use cases, over ports in memory', () => {
  const seed = seedOfThisRun();

  test(`finds every promise kept (HISTORY_SEED=${seed})`, async () => {
    const seen = new Set<string>();
    const unseen = (): string[] => OF_NOTE.filter((what) => !seen.has(what));
    for (let crowd = 0; crowd < MOST_CROWDS && unseen().length > 0; crowd++) {
      const history = await inProcessHistory(seed + crowd, IN_PROCESS);
      expect(brokenPromises(history)).toEqual(new Map());
      for (const what of seenIn(history)) seen.add(what);
    }
    // Crowds that saw little would judge little.
    expect(unseen()).toEqual([]);
  }, 30_000);
});

function seenIn({ calls, stored }: History): string[] {
  const told = calls.map((call) => (call.told.is === 'entry' ? call.told.entry.state : call.told.is));
  const ends = [...stored.values()].flatMap(({ entries }) => entries.map(({ state }) => state));
  return [...told, ...ends];
}
