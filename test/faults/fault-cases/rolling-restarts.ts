/** Wrong clocks, and a rolling restart. */
import { join } from 'node:path';
import type { ServerProcess } from '../../support/server.ts';
import type { FaultCase } from '../fault-case.ts';

const HOUR_MS = 3_600_000;
const SHIFTED = `--import ${join(import.meta.dirname, '..', '..', 'support', 'shifted-clock.mjs')}`;
const offBy = (hours: number) => ({ NODE_OPTIONS: SHIFTED, CLOCK_SHIFT_MS: `${hours * HOUR_MS}` });

const clocks: Omit<FaultCase, 'fault'> = {
  phase: 'under way',
  cause: async () => undefined,
  heal: async () => undefined,
};

export const RESTART_CASES: readonly FaultCase[] = [
  {
    ...clocks,
    fault: 'clock of the API an hour ahead, of the projector an hour back',
    setup: { api: offBy(1), projector: offBy(-1) },
  },
  {
    ...clocks,
    fault: 'clock of the API an hour back, of the projector an hour ahead',
    setup: { api: offBy(-1), projector: offBy(1) },
  },
  {
    fault: 'rolling restart of all processes',
    phase: 'under way',
    setup: { standbys: 1 },
    lastsMs: 0,
    cause: async (environment) => {
      const former = environment.api;
      await environment.startApi(); // like a load balancer: the new process takes over before the old one stops
      await expectCleanExit(former);
      for (const projector of [environment.projector, ...environment.otherProcesses.splice(0)]) {
        await expectCleanExit(projector);
        await environment.startProjector();
      }
    },
    heal: async () => undefined,
  },
];

async function expectCleanExit(server: ServerProcess): Promise<void> {
  const { status, signal } = await server.stop();
  if (status !== 0) throw new Error(`a stopped process ended with ${signal ?? status}`);
}
