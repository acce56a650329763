import { describe, expect, test } from '@jest/globals';
import type { Circumstances, Results } from './results.ts';
import { stateOf } from './state.ts';
import { targetsTable } from './targets.ts';

const circumstances: Circumstances = {
  at: '2026-03-01T10:20:00.000Z',
  cores: 2,
  cpu: 'some processor',
  node: 'v24.0.0',
  others: 0.1,
  minutes: 5,
  budget: 25,
  failed: [],
};

describe('what the report says of a run', () => {
  test('that there was none', () => {
    expect(stateOf({})).toMatch(/^Not measured/);
    expect(targetsTable({})).toContain('| not measured |');
  });

  test('when and where it was made, what is missing and what failed', () => {
    const overload: Results['overload'] = { ...circumstances, failed: [{ piece: 'all', reason: 'away' }] };
    const fold: Results['fold'] = {
      ...circumstances,
      at: '2026-03-01T10:10:00.000Z',
      found: { users: 1000, eventsPerSecond: 900_000, cpuMicros: 1, heap: 100 },
    };
    const history: Results['history'] = { ...circumstances, found: { passed: true, seconds: 60 } };
    const said = stateOf({ overload, fold, history });
    expect(said).toContain('from 2026-03-01 10:05 to 2026-03-01 10:20 UTC on 2 cores (some processor)');
    expect(said).toContain('a budget of 25 minutes');
    expect(stateOf({ fold: { ...fold, budget: 90 } })).toMatch(/Node v24.0.0, at full length\./);
    expect(said).toContain('Not measured: waiting, concerts, rates.');
    expect(said).toContain('Failed: all (overload).');
    expect(said).toContain('history checker passed');
    const table = targetsTable({ overload, fold });
    expect(table).toMatch(/at 3x the accept limit.*\| failed: see below \|/);
    expect(table).toMatch(/fold alone.*\| 900,000 \| as hoped \|/);
  });
});
