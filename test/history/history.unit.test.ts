import { describe, expect, test } from '@jest/globals';
import { brokenPromises } from './check-history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { IN_PROCESS, seedOfThisRun } from './sizes.ts';

describe('a random crowd before the use cases, over ports in memory', () => {
  const seed = seedOfThisRun();

  test(`finds every promise kept (HISTORY_SEED=${seed})`, async () => {
    const history = await inProcessHistory(seed, IN_PROCESS);
    expect(brokenPromises(history)).toEqual(new Map());
    const told = history.calls.map((call) => (call.told.is === 'entry' ? call.told.entry.state : call.told.is));
    const ends = [...history.stored.values()].flatMap(({ lives }) => lives.map(({ state }) => state));
    const seen = new Set([...told, ...ends]);
    // A crowd that saw little would judge little.
    for (const what of ['REGISTERED', 'WAITING', 'READY', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT', 'yes', 'refused'])
      expect(seen).toContain(what);
  }, 20_000);
});
