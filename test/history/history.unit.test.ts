import { describe, expect, test } from '@jest/globals';
import { brokenPromises } from './check-history.ts';
import { inProcessHistory } from './in-process/in-process-history.ts';
import { IN_PROCESS, seedOfThisRun } from './sizes.ts';

describe('a random crowd before the use cases, over ports in memory', () => {
  const seed = seedOfThisRun();

  test(`finds every promise kept (HISTORY_SEED=${seed})`, async () => {
    const history = await inProcessHistory(seed, IN_PROCESS);
    expect(brokenPromises(history)).toEqual(new Map());
    const told = new Set(
      history.calls.map((call) => (call.told.is === 'entry' ? call.told.entry.state : call.told.is)),
    );
    // A crowd that saw little would judge little.
    for (const seen of [
      'REGISTERED',
      'WAITING',
      'READY',
      'ACTIVE',
      'COMPLETED',
      'EXPIRED',
      'LEFT',
      'admission',
      'yes',
      'refused',
    ])
      expect(told).toContain(seen);
  }, 20_000);
});
