import { describe, expect, test } from '@jest/globals';
import type { Circumstances, Results } from './results.ts';
import { stateOf } from './state.ts';
import { targetsTable } from './targets.ts';

const circumstances: Circumstances = {
  at: '2026-03-01T10:20:00.000Z',
  cores: 2,
  cpu: 'some processor',
  node: 'v24.0.0',
  backgroundCpu: 0.1,
  minutes: 5,
  budget: 25,
  failed: [],
};

describe('the report of a run', () => {
  test('states that there are no results', () => {
    expect(stateOf({})).toMatch(/^Not measured/);
    expect(targetsTable({})).toContain('| not measured |');
  });

  test('states time and machine, missing sections and failures', () => {
    const overload: Results['overload'] = { ...circumstances, failed: [{ step: 'all', reason: 'away' }] };
    const fold: Results['fold'] = {
      ...circumstances,
      at: '2026-03-01T10:10:00.000Z',
      found: { users: 1000, eventsPerSecond: 900_000, cpuMicros: 1, heap: 100 },
    };
    const history: Results['history'] = { ...circumstances, found: { passed: true, seconds: 60 } };
    const state = stateOf({ overload, fold, history });
    expect(state).toContain('from 2026-03-01 10:05 to 2026-03-01 10:20 UTC on 2 cores (some processor)');
    expect(state).toContain('a budget of 25 minutes');
    expect(stateOf({ fold: { ...fold, budget: 90 } })).toMatch(/Node v24.0.0, full length\./);
    expect(state).toContain('Not measured: waiting, concerts, rates.');
    expect(state).toContain('Failed: all (overload).');
    expect(state).toContain('history check passed');
    const table = targetsTable({ overload, fold });
    expect(table).toMatch(/at 3 times the accept limit.*\| failed, see below \|/);
    expect(table).toMatch(/fold alone.*\| 900,000 \| goal met \|/);
  });
});
