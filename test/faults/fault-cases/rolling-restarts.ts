/** Clocks that are wrong, and processes that are replaced one after the other. */
import { join } from 'node:path';
import type { ServerProcess } from '../../support/server.ts';
import type { Cell } from '../fault-case.ts';

const HOUR_MS = 3_600_000;
const SHIFTED = `--import ${join(import.meta.dirname, '..', '..', 'support', 'shifted-clock.mjs')}`;
const offBy = (hours: number) => ({ NODE_OPTIONS: SHIFTED, CLOCK_SHIFT_MS: `${hours * HOUR_MS}` });

const clocks: Omit<Cell, 'fault'> = {
  phase: 'under way',
  cause: async () => undefined,
  heal: async () => undefined,
};

export const ROLLINGS: readonly Cell[] = [
  {
    ...clocks,
    fault: 'clock of the API an hour ahead, of the projector an hour back',
    setting: { api: offBy(1), projector: offBy(-1) },
  },
  {
    ...clocks,
    fault: 'clock of the API an hour back, of the projector an hour ahead',
    setting: { api: offBy(-1), projector: offBy(1) },
  },
  {
    fault: 'rolling restart of all processes',
    phase: 'under way',
    setting: { standbys: 1 },
    lastsMs: 0,
    cause: async (scene) => {
      const former = scene.api;
      await scene.startApi(); // as a balancer does it: the new one takes over before the old one is told to go
      await ended(former);
      for (const projector of [scene.projector, ...scene.besides.splice(0)]) {
        await ended(projector);
        await scene.startProjector();
      }
    },
    heal: async () => undefined,
  },
];

async function ended(server: ServerProcess): Promise<void> {
  const { status, signal } = await server.stop();
  if (status !== 0) throw new Error(`a process that was told to end ended with ${signal ?? status}`);
}
